"""scratch"""
import re
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def test_capture(enter, siti):
    from django.test import Client
    client = enter(siti)
    place = (siti.grant.agency.slug, siti.grant.cooperative.slug)
    path = reverse("finance:pay", args=[*place, 1])
    for month in range(3):
        page = client.get(path).content.decode()
        f = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
        pass
        f["bulan"] = "1"
        f["cara"] = "cash"
        f["pokok"] = "0"; f.pop("muka",0)
        with CaptureQueriesContext(connection) as q:
            a = client.post(path, f)
        print(a.status_code, len(q))
        pass
    for s in q: print("##", " ".join(s["sql"].split())[:230])
    with CaptureQueriesContext(connection) as q:
        a = client.get(path)
    print("GET", len(q))
    for s in q: print("##", " ".join(s["sql"].split())[:230])
    assert 0
