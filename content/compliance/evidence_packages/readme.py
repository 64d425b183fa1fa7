"""README.txt: how to check a package without the program that made it."""

from typing import Final

README: Final = b"""EVIDENCE PACKAGE

summary.pdf              what it says, to be read first
package.json             what it is about, as of which moment
records.ndjson           each person's status, and the ids of the statements behind it
decisions.ndjson         waivers, extensions, outside evidence, sign-offs
certificates.ndjson      certificates, with the hashes of the files that they are in
certificates/*.pdf       certificates as they are printed: the first 500
certificates/*.jwt       the same as Open Badges 3.0, each signed by the issuer
badge-keys.json          the keys that these are signed by
statements.ndjson        xAPI statements, byte for byte as they are stored
audit.ndjson             who changed what about it
statement-proofs.ndjson  for each statement, its place in a signed checkpoint
audit-proofs.ndjson      the same for audit entries
links.ndjson             those checkpoints with their signatures, and the keys
receipt.json             the end of the chain when this was made
MANIFEST                 the SHA-256 of every file; MANIFEST.sig is its signature, KEY.pem the key

1. Nothing in here was changed:

     sha256sum -c MANIFEST
     openssl pkeyutl -verify -pubin -inkey KEY.pem -rawin -in MANIFEST -sigfile MANIFEST.sig

2. The key is the organization's: compare it with the one that is published at
   /api/v1/audit/keys of its server, or with that of a receipt which you were given before.

     openssl pkey -pubin -in KEY.pem -outform DER | tail -c 32 | xxd -p -c 32

3. Each statement was recorded when it says, and not altered since:

     lyceum audit check-package FILE.zip

   Or by hand, for a statement and its proof. All hashes are SHA-256; lines end with a line feed.
   digest: of the hexadecimal hash of the statement's bytes and, each in a line of its own below
           it without a line feed at the end, the proof's attachments
   leaf:   of a zero byte and seven lines: lyceum-ledger-1, the organization's id, the log
           (statements), the statement's id, the proof's place, the digest, the proof's salt
   root:   from the leaf along the proof's path: of a one byte and two hashes (32 bytes each), the
           neighbour on the side that the path says
   The root is in the link of the proof's number, whose body is signed by the key that it names.
   Where the proof names an amendment, the leaf is the one that this link tells instead: somebody
   whom the statement named was erased on request.
"""
