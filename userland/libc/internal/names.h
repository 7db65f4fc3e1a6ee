/* The C locale's names of days and months, for strftime and strptime. */
#pragma once

extern const char *const __day_names[7];
extern const char *const __month_names[12];
