/*
 * Exec: the pages of the program's file become the process's, without copying what is only read.
 * The new stack was built by the process itself in its stage, and moves to its place as it is.
 */
#include "file.h"
#include "memory.h"
#include "path.h"
#include "server.h"

#include <elf.h>

#include <exo/syscall.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static uint64_t round_up(uint64_t value)
{
    return (value + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

/* Finds the program and checks it as far as is possible before anything is changed. */
static int find_program(struct process *process, const char *path, struct place *place,
                        struct elf_image *image)
{
    static uint8_t head[PAGE];
    int status = path_walk(process, process->directory, path, 0, place);
    if (status < 0)
        return status;
    struct node *node = place->node;
    status = S_ISREG(node->mode) ? node_permits(process, node, X_OK) : -EACCES;
    if (status == 0 && tree_read(node, head, sizeof(head), 0) < 4)
        status = -ENOEXEC;
    if (status == 0) {
        memset(head + (node->size < PAGE ? node->size : PAGE), 0,
               PAGE - (node->size < PAGE ? node->size : PAGE));
        if (elf_parse(head, node->size, image))
            status = -ENOEXEC;
    }
    for (uint32_t i = 0; status == 0 && i < image->segment_count; i++)
        if (image->segments[i].vaddr < POSIX_TEXT_VADDR ||
            image->segments[i].vaddr + image->segments[i].memory_size > POSIX_HEAP_LIMIT)
            status = -ENOEXEC;
    if (status < 0)
        place_drop(place);
    return status;
}

static uint32_t prot_of(uint32_t flags)
{
    uint32_t prot = PROT_READ_PAGE;
    if (flags & ELF_WRITE)
        prot |= PROT_WRITE_PAGE;
    if (flags & ELF_EXECUTE)
        prot |= PROT_EXECUTE_PAGE;
    return prot;
}

static int map_segment(struct process *process, struct node *file,
                       const struct elf_segment *segment)
{
    uint64_t inside = segment->vaddr % PAGE;
    vaddr_t begin = segment->vaddr - inside;
    vaddr_t end = round_up(segment->vaddr + segment->memory_size);
    int status = space_add(process, begin, end, REGION_PROGRAM, prot_of(segment->flags));
    if (status < 0 || segment->file_size == 0)
        return status;
    uint64_t size = segment->file_size + inside;
    if (!(segment->flags & ELF_WRITE)) /* what follows in the file's last page does no harm */
        size = round_up(size);
    return space_map_file(process, begin, file, segment->offset - inside, size);
}

static int map_program(struct process *process, struct node *file, const struct elf_image *image,
                       const struct exec_stack *stack)
{
    space_clear(process);
    int status = 0;
    vaddr_t end = 0;
    for (uint32_t i = 0; status == 0 && i < image->segment_count; i++) {
        status = map_segment(process, file, &image->segments[i]);
        end = round_up(image->segments[i].vaddr + image->segments[i].memory_size);
    }
    process->control->heap_end = end;
    if (status == 0)
        status = space_stage_to_stack(process, stack->pages);
    return status;
}

static void set_name(struct process *process, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    if (length > 15) /* as Linux cuts it */
        length = 15;
    memset(process->name, 0, sizeof(process->name));
    memcpy(process->name, name, length);
}

int exec_image(struct process *process, const char *path, const struct exec_stack *stack,
               vaddr_t *entry)
{
    struct place place;
    struct elf_image image;
    int status = find_program(process, path, &place, &image);
    if (status < 0)
        return status;
    exo_env_set(process->env, ENV_UPCALL_ENTRY, 0);
    exo_env_set(process->env, ENV_UPCALL_MASK, 0);
    status = map_program(process, place.node, &image, stack);
    mode_t mode = place.node->mode;
    uid_t owner = place.node->uid;
    gid_t group = place.node->gid;
    place_drop(&place);
    if (status < 0) {
        process_end(process, SIGKILL);
        return status;
    }
    if (mode & S_ISUID)
        process->effective_user = owner;
    if (mode & S_ISGID)
        process->effective_group_id = group;
    descriptors_close_on_exec(process);
    set_name(process, path);
    process->arguments = stack->arguments;
    process->arguments_end = stack->arguments_end;
    process->executed = true;
    process->control->caught = 0;
    process->control->no_zombies = 0;
    *entry = image.entry;
    return 0;
}
