/*
 * A second library OS beside POSIX, as small as one can be: no processes, no files, no C library.
 * Two envs in two address spaces, and a gate between them: the server knows Gauss's sum, the
 * client asks it for a few and prints what comes through root's console gate. It shows that the
 * kernel's calls alone carry a system; nothing in the kernel knows which one.
 */
#include <exo/root.h>
#include <exo/syscall.h>
#include <root/domain.h>

#define PAGE 4096u
#define IMAGE_VADDR 0x400000u /* where domains are linked */
#define IMAGE_PAGES 16u
#define SERVER_STACK 0x5FE000u /* in the same page table as the image */
#define ALL_TIME UINT64_MAX

enum slot {
    SLOT_SPACE = DOMAIN_SLOT_FREE,
    SLOT_SERVER,
    SLOT_GATE,
};

_Noreturn void tiny_main(const struct domain_info *info);
_Noreturn void serve(void);
extern char server_start[];

static uint64_t next_frame;

static uint64_t take_frames(uint64_t count)
{
    uint64_t first = next_frame;

    next_frame += count;
    return first;
}

static _Noreturn void rest(void)
{
    uint64_t bits;

    for (;;)
        exo_env_wait(SLOT_SELF, 0, ALL_TIME, &bits);
}

/* ---- console ---- */

/* At most DOMAIN_CHUNK bytes at once travel in four words, the first byte lowest. */
static void write_chunk(const char *text, uint64_t size)
{
    uint64_t word[4] = {0};
    struct exo_gate_call answer = {0};

    for (uint64_t i = 0; i < size; i++)
        word[i / 8] |= (uint64_t)(unsigned char)text[i] << i % 8 * 8;
    exo_gate_call(DOMAIN_SLOT_ROOT, DOMAIN_WRITE | size << 16, word[0], word[1], word[2], word[3],
                  0, 0, &answer);
}

static void write_text(const char *text, uint64_t size)
{
    for (; size > DOMAIN_CHUNK; text += DOMAIN_CHUNK, size -= DOMAIN_CHUNK)
        write_chunk(text, DOMAIN_CHUNK);
    write_chunk(text, size);
}

static uint64_t append_number(char *text, uint64_t at, uint64_t value)
{
    if (value >= 10)
        at = append_number(text, at, value / 10);
    text[at] = (char)('0' + value % 10);
    return at + 1;
}

static uint64_t append(char *text, uint64_t at, const char *more)
{
    while (*more)
        text[at++] = *more++;
    return at;
}

/* ---- the server ---- */

/* Adds up 1 to n for whoever calls. */
_Noreturn void serve(void)
{
    struct exo_gate_wait in = {0};

    for (;;) {
        uint64_t sum = in.m0 * (in.m0 + 1) / 2;

        exo_gate_wait(SLOT_SELF, sum, 0, 0, 0, 0, 0, 0, &in);
    }
}

/* The image as it is mapped here, read-only for the server, and a stack of its own. */
static status_t fill_space(void)
{
    uint64_t done;
    status_t status = EXO_OK;

    for (uint64_t level = 3; level >= 1 && !status; level--)
        status =
            exo_aspace_table(SLOT_SPACE, DOMAIN_SLOT_FRAMES, take_frames(1), IMAGE_VADDR, level);
    for (uint64_t i = 0; i < IMAGE_PAGES && !status; i++) {
        uint64_t vaddr = IMAGE_VADDR + i * PAGE;
        struct exo_aspace_query page = {0, 0};

        exo_aspace_query(SLOT_ASPACE, vaddr, &page);
        status = exo_aspace_share(SLOT_ASPACE, vaddr, SLOT_SPACE, vaddr, 1,
                                  page.prot & (PROT_READ_PAGE | PROT_EXECUTE_PAGE), &done);
    }
    if (!status)
        status = exo_aspace_map(SLOT_SPACE, DOMAIN_SLOT_FRAMES, take_frames(1), SERVER_STACK, 1,
                                PROT_READ_PAGE | PROT_WRITE_PAGE, &done);
    return status;
}

static status_t start_server(void)
{
    status_t status = exo_aspace_create(DOMAIN_SLOT_FRAMES, take_frames(1), SLOT_SPACE);

    if (!status)
        status = fill_space();
    if (!status)
        status = exo_env_create(DOMAIN_SLOT_FRAMES, take_frames(3), SLOT_SPACE, SLOT_SERVER, 0);
    if (!status)
        status = exo_gas_move(SLOT_SELF, SLOT_SERVER, 1u << 20);
    if (!status)
        status = exo_gate_create(SLOT_SERVER, 0, SLOT_GATE, 0);
    if (!status)
        status = exo_env_enter(SLOT_SERVER, 0, (uintptr_t)server_start, SERVER_STACK + PAGE, 0, 0);
    return status ? status : exo_env_start(SLOT_SERVER);
}

/* ---- the client ---- */

static void ask(uint64_t number)
{
    char line[64];
    struct exo_gate_call answer = {0};
    uint64_t at;

    exo_gate_call(SLOT_GATE, number, 0, 0, 0, 0, 0, 0, &answer);
    at = append(line, 0, "tiny: 1 + ... + ");
    at = append_number(line, at, number);
    at = append(line, at, " = ");
    at = append_number(line, at, answer.m0);
    at = append(line, at, "\n");
    write_text(line, at);
}

_Noreturn void tiny_main(const struct domain_info *info)
{
    static const char failed[] = "tiny: cannot start its server\n";

    next_frame = info->frames_used;
    if (start_server())
        write_text(failed, sizeof(failed) - 1);
    else
        ask(100);
    rest();
}
