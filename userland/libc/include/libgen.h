/* <libgen.h>: the parts of a path name. Both may change their argument. */
#pragma once

char *basename(char *path);
char *dirname(char *path);
