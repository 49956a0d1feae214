"""What happened in the shop, as it is stored for ever: one file a topic, and the canonical bytes.

`base` holds the envelope and how a field is checked, `codec` turns an envelope into bytes and back,
`registry` lists every kind. Nothing here is renamed, ever: a changed meaning is a new kind or a higher `v`.
"""
