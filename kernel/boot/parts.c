/*
 * Finds what we boot in the sections of our own image, which the firmware has loaded and, with
 * Secure Boot on, checked as a whole (UAPI Group, UKI specification; Microsoft PE Format, "COFF
 * File Header", "Section Table").
 */
#include "exoboot.h"

#define SECTION_HEADER 40u
#define NAME_SIZE 8u

static uint16_t load16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t load32(const uint8_t *bytes)
{
    return load16(bytes) | (uint32_t)load16(bytes + 2) << 16;
}

static int same_name(const uint8_t *field, const char *name)
{
    for (unsigned i = 0; i < NAME_SIZE; i++) {
        if (field[i] != (uint8_t)*name)
            return 0;
        if (*name != '\0')
            name++;
    }
    return *name == '\0';
}

static efi_status find(const struct efi_loaded_image *image, const char *name, struct part *part)
{
    const uint8_t *coff = image->base + load32(image->base + 0x3C) + 4;
    const uint8_t *header = coff + 20 + load16(coff + 16);

    for (unsigned count = load16(coff + 2); count != 0; count--, header += SECTION_HEADER) {
        uint64_t size = load32(header + 8), address = load32(header + 12);

        if (!same_name(header, name))
            continue;
        if (size == 0 || address + size > image->size)
            break;
        part->base = image->base + address;
        part->size = size;
        return EFI_SUCCESS;
    }
    return refuse(EFI_LOAD_ERROR, "section `%s` of the boot image: expected one, found none", name);
}

efi_status parts_find(const struct efi_loaded_image *image, struct parts *parts)
{
    const struct {
        const char *name;
        struct part *part;
    } wanted[] = {
        {".osrel", &parts->release},        {".uname", &parts->version},
        {".cmdline", &parts->command_line}, {".linux", &parts->kernel},
        {".initrd", &parts->archive},
    };

    for (unsigned i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        efi_status status = find(image, wanted[i].name, wanted[i].part);

        if (status != EFI_SUCCESS)
            return status;
    }
    return EFI_SUCCESS;
}
