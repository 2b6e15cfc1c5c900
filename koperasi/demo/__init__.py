"""Synthetic cooperatives and people, made by the very actions the pages use. Nobody here is real: every NIK has serial 0000.

`plan` decides what there will be (the same for the same day), `registering` enters cooperatives and facts about them,
`books` keeps a year of dues, `logins` gives one login per kind of person, `building` puts it in order.
"""
