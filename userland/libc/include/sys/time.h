/* <sys/time.h>: struct timeval. */
#pragma once

#include <bits/types.h>
#include <bits/timeval.h>
#include <sys/select.h>
