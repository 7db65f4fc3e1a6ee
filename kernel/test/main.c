/*
 * The test root: all groups, TAP on COM1, QEMU ends. Run by tests/boot/test_kernel.py.
 */
#include "tests.h"

void test_main(const struct root_info *info);

static bool has_word(const char *line, const char *word)
{
    for (; *line; line++) {
        unsigned i = 0;

        while (word[i] && line[i] == word[i])
            i++;
        if (!word[i])
            return true;
    }
    return false;
}

void test_main(const struct root_info *info)
{
    if (has_word(info->command_line, "bench")) {
        bench(info);
        finish();
    }
    if (has_word(info->command_line, "idle")) {
        put_string("idle\r\n");
        wait_for(BIT_DONE);
    }
    if (has_word(info->command_line, "fuzz")) {
        fuzz();
        finish();
    }
    check_equal(info->version, 1, "root_info");
    check(info->frames_count > 0, "free frames");
    test_calls();
    test_caps();
    test_memory();
    test_upcalls();
    test_envs();
    test_gates();
    test_devices();
    test_slices();
    test_revocation();
    finish();
}
