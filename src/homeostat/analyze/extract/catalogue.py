"""All rules for one line, in the order in which they are asked."""

from homeostat.analyze.extract.rules_build import BUILD_RULES
from homeostat.analyze.extract.rules_cloud import CLOUD_RULES
from homeostat.analyze.extract.rules_data import DATA_RULES
from homeostat.analyze.extract.rules_git import GIT_RULES
from homeostat.analyze.extract.rules_packages import PACKAGE_RULES
from homeostat.analyze.extract.rules_shell import SHELL_RULES
from homeostat.analyze.extract.rules_web import WEB_RULES

CATALOGUE = (
    SHELL_RULES + PACKAGE_RULES + BUILD_RULES + GIT_RULES + CLOUD_RULES + DATA_RULES + WEB_RULES
)
