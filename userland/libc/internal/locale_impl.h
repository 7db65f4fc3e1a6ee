/* The one fact about the locale that matters: what a character is. */
#pragma once

/* Whether LC_CTYPE is C.UTF-8; in "C" each byte is a character. */
extern int __locale_utf8;
