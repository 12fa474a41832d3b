// SPDX-License-Identifier: GPL-2.0
#include "base64.h"

#include <gnutls/gnutls.h>
#include <string.h>

bool base64_decode(const char *text, size_t len, uint8_t *out, size_t *size)
{
	const gnutls_datum_t in = {
		.data = (unsigned char *)text,
		.size = (unsigned int)len,
	};
	gnutls_datum_t bytes;
	bool fits;

	if (!len || gnutls_base64_decode2(&in, &bytes) < 0)
		return false;
	fits = bytes.size && bytes.size <= *size;
	if (fits) {
		memcpy(out, bytes.data, bytes.size);
		*size = bytes.size;
	}
	gnutls_free(bytes.data);
	return fits;
}

bool base64_encode(const void *data, size_t len, char *out)
{
	const gnutls_datum_t in = {
		.data = (unsigned char *)data,
		.size = (unsigned int)len,
	};
	gnutls_datum_t text;

	if (gnutls_base64_encode2(&in, &text) < 0)
		return false;
	memcpy(out, text.data, text.size);
	out[text.size] = '\0';
	gnutls_free(text.data);
	return true;
}
