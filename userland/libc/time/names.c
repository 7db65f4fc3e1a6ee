/* The C locale's names of days and months (XBD 7.3.5.3); the short ones are their first three. */
#include "names.h"

const char *const __day_names[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                    "Thursday", "Friday", "Saturday"};
const char *const __month_names[12] = {"January",   "February", "March",    "April",
                                       "May",       "June",     "July",     "August",
                                       "September", "October",  "November", "December"};
