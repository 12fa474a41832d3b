# SPDX-License-Identifier: GPL-2.0
"""What the conformance cases share: packets by hand, a client, a broker."""
