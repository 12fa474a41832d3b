# SPDX-License-Identifier: GPL-2.0
"""`from lib.case5 import *`: as lib.case, with the packets of MQTT 5.0.

The builders of 3.1.1 are there as v4.connect() and so on.
"""

from . import packet as v4
from .case import *  # pylint: disable=wildcard-import,unused-wildcard-import
from .client5 import Client5, refused, refused_connect
from .packet5 import *  # pylint: disable=wildcard-import,unused-wildcard-import
from .packet5 import Packet, options, prop, properties, u32
