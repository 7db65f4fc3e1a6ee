/* <sys/types.h>: the scalar types. */
#pragma once

#include <bits/types.h>
