"""xAPI clients: their keys and secrets, and what each may do."""

from lrs.credentials.credential import Credential as Credential
from lrs.credentials.credential import CredentialRecord as CredentialRecord
from lrs.credentials.credential import IssuedCredential as IssuedCredential
from lrs.credentials.credentials import Credentials as Credentials
