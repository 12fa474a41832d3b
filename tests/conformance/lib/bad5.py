# SPDX-License-Identifier: GPL-2.0
"""Every way in which the properties of a packet can be wrong."""

from .packet5 import *  # pylint: disable=wildcard-import,unused-wildcard-import
from .packet5 import PROPERTIES, prop, varint

MALFORMED, PROTOCOL_ERROR = 0x81, 0x82

GOOD = {'byte': 1, 'u16': 7, 'u32': 7, 'varint': 7, 'string': 'a',
        'binary': b'a', 'pair': ('k', 'v')}

BAD_STRINGS = (b'\xff', b'a\xc3', b'\xc0\x80', b'\xed\xa0\x80', b'\xed\xbf\xbf',
               b'\xe0\x9f\xbf', b'\xf4\x90\x80\x80', b'\xf8\x88\x80\x80\x80',
               b'a\0b')

# Values that section 3 forbids, and the codes it names for them.
FORBIDDEN = {
    PAYLOAD_FORMAT: (2, 255), REQUEST_PROBLEM_INFO: (2, 255),
    REQUEST_RESPONSE_INFO: (2, 255), SUBSCRIPTION_ID: (0,),
    RECEIVE_MAXIMUM: (0,), MAXIMUM_PACKET_SIZE: (0,), TOPIC_ALIAS: (0,),
    RESPONSE_TOPIC: ('a/+', '#'),
}
FORBIDDEN_CODES = {
    TOPIC_ALIAS: (PROTOCOL_ERROR, 0x94),
    RESPONSE_TOPIC: (PROTOCOL_ERROR, MALFORMED, 0x90),
    PAYLOAD_FORMAT: (PROTOCOL_ERROR, MALFORMED),
}


def sized(data):
    """Property bytes with their length before them."""
    return varint(len(data)) + data


def bad_properties(kind):
    """(codes, properties as bytes) for a packet of that type, 0 for a will."""
    yield from _wrong_identifiers(kind)
    for identifier, (form, places) in PROPERTIES.items():
        if kind not in places:
            continue
        if (kind, identifier) == (PUBLISH, SUBSCRIPTION_ID):
            # Only a server may send it there.
            yield (PROTOCOL_ERROR, MALFORMED), sized(prop(identifier, 1))
            continue
        good = prop(identifier, GOOD[form])
        if (kind, identifier) == (DISCONNECT, SERVER_REFERENCE):
            yield (PROTOCOL_ERROR, MALFORMED), sized(good)
            continue
        if identifier != USER_PROPERTY:
            yield (PROTOCOL_ERROR,), sized(good + good)
        for value in FORBIDDEN.get(identifier, ()):
            yield (FORBIDDEN_CODES.get(identifier, (PROTOCOL_ERROR,)),
                   sized(prop(identifier, value)))
        yield from _wrong_strings(identifier, form)
        # truncated inside the properties, although the packet goes on
        for cut in range(1, len(good)):
            yield (MALFORMED,), sized(good[:cut])
    # the length is longer than the packet, is not minimal, has five bytes
    yield (MALFORMED,), b'\xff\xff\x7f'
    yield (MALFORMED,), b'\x80\x00'
    yield (MALFORMED,), b'\x80\x80\x80\x80\x00'
    user = prop(USER_PROPERTY, ('k', 'v'))
    yield (MALFORMED,), bytes((0x80 | len(user), 0)) + user
    if kind == SUBSCRIBE:
        for value in (b'\x81\x00', b'\x80\x80\x80\x80\x01', b'\xff\xff\xff\xff\x7f'):
            yield (MALFORMED,), sized(prop(SUBSCRIPTION_ID, value))


def _wrong_identifiers(kind):
    for identifier in (0x00, 0x04, 0x0a, 0x10, 0x14, 0x2b, 0x7f):
        yield (MALFORMED,), sized(bytes((identifier, 1)))
    # an identifier that is a longer integer, and 0x26 not in its shortest form
    yield (MALFORMED,), sized(b'\x81\x01\x00')
    yield (MALFORMED,), sized(b'\xa6\x00\x00\x01k\x00\x01v')
    for identifier, (form, places) in PROPERTIES.items():
        if kind not in places:
            yield (MALFORMED, PROTOCOL_ERROR), sized(prop(identifier, GOOD[form]))


def _wrong_strings(identifier, form):
    if form == 'string':
        for text in BAD_STRINGS:
            yield (MALFORMED,), sized(prop(identifier, text))
    elif form == 'pair':
        for text in BAD_STRINGS:
            yield (MALFORMED,), sized(prop(identifier, (text, 'v')))
            yield (MALFORMED,), sized(prop(identifier, ('k', text)))
