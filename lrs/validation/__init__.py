"""What the specification says of data, and everything in which data differs from it."""

from lrs.validation.validation import accepts as accepts
from lrs.validation.validation import check as check
from lrs.validation.validation import check_statement as check_statement
