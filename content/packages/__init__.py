"""Packages: a zip in, checked, stored, and its files at hand wherever they are served."""

from content.packages.cache import PackageFiles as PackageFiles
from content.packages.jobs import finish_abandoned as finish_abandoned
from content.packages.library import create as create
from content.packages.library import delete as delete
from content.packages.library import find as find
from content.packages.library import get as get
from content.packages.limits import PackageLimits as PackageLimits
from content.packages.package import Package as Package
from content.packages.package import PackageDraft as PackageDraft
