/*
 * I/O ports: read and written for the holder, one access a call.
 */
#include <arch/cpu.h>

#include "core/cap.h"
#include "core/syscall.h"

static status_t decode(const struct cap *cap, uint64_t offset, uint64_t width)
{
    if (width != 1 && width != 2 && width != 4)
        return EXO_BAD_VALUE;
    if (offset > cap_extent(cap) || width > cap_extent(cap) - offset)
        return EXO_BAD_RANGE;
    return EXO_OK;
}

status_t sys_port_read(struct cap *cap, uint64_t offset, uint64_t width)
{
    status_t status = decode(cap, offset, width);

    if (!status)
        current->regs.message[0] = cpu_port_read((uint16_t)(cap->object + offset), (unsigned)width);
    return status;
}

status_t sys_port_write(struct cap *cap, uint64_t offset, uint64_t width, uint64_t value)
{
    status_t status = decode(cap, offset, width);

    if (!status)
        cpu_port_write((uint16_t)(cap->object + offset), (unsigned)width, (uint32_t)value);
    return status;
}
