"""Encrypting stored NIKs anew after a rotation of keys: the same numbers, bound to the same members, under the newest key.

The keyed hashes stay: they have a key of their own, one an agency, which is never rotated.
"""

from base64 import b64decode, b64encode
from collections import Counter
from typing import Any

from django.db import connection, transaction

from members.actions.staging import line_bound
from members.models import national_id_bound_to, national_id_bound_to_request
from registry.keys import key_ring
from registry.models import Cooperative

_OLD = """
SELECT member_id, cipher FROM members_identity
WHERE cooperative_id = %(cooperative)s AND substring(cipher FROM 1 FOR 3) <> %(header)s
ORDER BY member_id LIMIT %(size)s FOR UPDATE
"""
_RESEAL = """
UPDATE members_identity i SET cipher = n.cipher
FROM unnest(%(members)s::bigint[], %(ciphers)s::bytea[]) AS n(member_id, cipher)
WHERE i.cooperative_id = %(cooperative)s AND i.member_id = n.member_id
"""

# Lines of lists that wait for somebody to store them hold sealed NIKs too, as base64: three bytes are four signs.
_OLD_STAGED = """
SELECT id, batch_id, number, data->'national_id'->>'cipher' FROM registry_importrow
WHERE cooperative_id = %(cooperative)s AND left(data->'national_id'->>'cipher', 4) <> encode(%(header)s, 'base64')
ORDER BY id LIMIT %(size)s FOR UPDATE
"""
_RESEAL_STAGED = """
UPDATE registry_importrow r SET data = jsonb_set(r.data, '{national_id,cipher}', to_jsonb(n.cipher))
FROM unnest(%(ids)s::bigint[], %(ciphers)s::text[]) AS n(id, cipher)
WHERE r.cooperative_id = %(cooperative)s AND r.id = n.id
"""
# People who ask to become members wait with a sealed NIK too.
_OLD_ASKED = """
SELECT request_id, code, cipher FROM members_joinperson
WHERE cooperative_id = %(cooperative)s AND substring(cipher FROM 1 FOR 3) <> %(header)s
ORDER BY request_id LIMIT %(size)s FOR UPDATE
"""
_RESEAL_ASKED = """
UPDATE members_joinperson p SET cipher = n.cipher
FROM unnest(%(ids)s::bigint[], %(ciphers)s::bytea[]) AS n(id, cipher)
WHERE p.cooperative_id = %(cooperative)s AND p.request_id = n.id
"""
_USED = """
SELECT get_byte(head, 1) * 256 + get_byte(head, 2) AS key, count(*) FROM (
  SELECT substring(cipher FROM 1 FOR 3) AS head FROM members_identity WHERE cooperative_id = %(cooperative)s
  UNION ALL
  SELECT decode(left(data->'national_id'->>'cipher', 4), 'base64') FROM registry_importrow
  WHERE cooperative_id = %(cooperative)s AND data ? 'national_id'
  UNION ALL
  SELECT substring(cipher FROM 1 FOR 3) FROM members_joinperson WHERE cooperative_id = %(cooperative)s AND cipher IS NOT NULL
) AS sealed GROUP BY 1
"""


def keys_used(*, cooperative: Cooperative) -> Counter[int]:
    """Return how many NIKs of the cooperative each key sealed, those of waiting lists and of people who ask to join included."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"cooperative": cooperative.pk})
        return Counter(dict(cursor.fetchall()))


@transaction.atomic
def reseal_national_ids(*, cooperative: Cooperative, size: int) -> int:
    """Encrypt at most `size` NIKs of the cooperative anew that an older key wrote, and as many of waiting lists and of people who ask to join.

    Returns how many: call again until it is 0. Raises `KeyRingError` when one does not open; then nothing changed.
    """
    ring = key_ring()
    where: dict[str, Any] = {"cooperative": cooperative.pk, "header": ring.header(), "size": size}
    with connection.cursor() as cursor:
        cursor.execute(_OLD, where)
        if rows := cursor.fetchall():
            bound = [national_id_bound_to(cooperative.pk, member_id) for member_id, _ in rows]
            plain = ring.decrypt_many([cipher for _, cipher in rows], bound)
            new = {"members": [member_id for member_id, _ in rows], "ciphers": ring.encrypt_many(plain, bound)}
            cursor.execute(_RESEAL, where | new)
        cursor.execute(_OLD_STAGED, where)
        if staged := cursor.fetchall():
            bound = [line_bound(batch_id, number) for _, batch_id, number, _ in staged]
            plain = ring.decrypt_many([b64decode(cipher) for *_, cipher in staged], bound)
            ciphers = [b64encode(one).decode() for one in ring.encrypt_many(plain, bound)]
            cursor.execute(_RESEAL_STAGED, where | {"ids": [pk for pk, *_ in staged], "ciphers": ciphers})
        cursor.execute(_OLD_ASKED, where)
        if asked := cursor.fetchall():
            bound = [national_id_bound_to_request(cooperative.pk, code) for _, code, _ in asked]
            plain = ring.decrypt_many([cipher for *_, cipher in asked], bound)
            new = {"ids": [pk for pk, *_ in asked], "ciphers": ring.encrypt_many(plain, bound)}
            cursor.execute(_RESEAL_ASKED, where | new)
    return len(rows) + len(staged) + len(asked)
