"""The ledger: the log chained by hash in signed links, so that no change to it goes unseen.

merkle        hashes of many entries as one, and the proof that one is among them
links         what is chained: batches of entries, amendments, new keys
keys          the keys that sign
source        a log that is chained: the statements, or another
ledger        makes the links
comparison    what a log holds against what the ledger says of it
verification  the whole chain, and all that it covers
receipts      what an auditor keeps

See docs/decisions/0016-the-log-is-chained.md for what this shows and what it cannot.
"""
