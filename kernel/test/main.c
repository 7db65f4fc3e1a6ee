#include <exo/root.h>
#include <exo/syscall.h>
#include "tap.h"
void test_main(const struct root_info *info);
void test_main(const struct root_info *info)
{
    put_string("hello\n");
    check_equal(info->version, 1, "info");
    check_equal(exo_cap_check(1, CAP_ENV, RIGHT_CONTROL), 0, "self");
    uint64_t ns;
    exo_time_now(1, &ns);
    put_number(ns);
    put_string("\n");
    uint64_t b;
    check_equal(exo_env_wait(1, 1, ns + 100000000, &b), EXO_TIMEOUT, "sleep");
    exo_time_now(1, &ns);
    put_number(ns);
    put_string("\n");
    finish();
}
