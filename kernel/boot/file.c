/* Loads \EXOV6\FS.IMG from the volume that we were loaded from. Its bytes are not trusted yet. */
#include "exoboot.h"

#define STEPS 8u /* progress marks */

/* 13.4.1, 13.5.16 */
static const struct efi_guid file_system_guid = {
    0x964e5b22, 0x6459, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
static const struct efi_guid file_info_guid = {
    0x09576e92, 0x6d3f, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};

static const efi_char path[] = u"\\EXOV6\\FS.IMG";

static efi_status file_open(struct efi_system_table *system, efi_handle device,
                            struct efi_file **file)
{
    struct efi_file_system *volume;
    struct efi_file *root;
    efi_status status = system->boot->handle_protocol(device, &file_system_guid, (void **)&volume);

    if (status == EFI_SUCCESS)
        status = volume->open_volume(volume, &root);
    if (status != EFI_SUCCESS)
        return refuse(status, "boot volume: expected a file system, found status 0x%x", status);
    status = root->open(root, file, path, EFI_FILE_MODE_READ, 0);
    root->close(root);
    if (status == EFI_NOT_FOUND)
        return refuse(status, "\\EXOV6\\FS.IMG on the boot volume: expected a file, found none");
    if (status != EFI_SUCCESS)
        return refuse(status, "\\EXOV6\\FS.IMG: expected to open it, found status 0x%x", status);
    return EFI_SUCCESS;
}

static efi_status file_size(struct efi_file *file, uint64_t *size)
{
    /* The name follows the fixed part; ours is short, a firmware's long one gets room too. */
    _Alignas(8) uint8_t buffer[1024];
    struct efi_file_info info;
    uint64_t room = sizeof(buffer);
    efi_status status = file->get_info(file, &file_info_guid, &room, buffer);

    if (status != EFI_SUCCESS)
        return refuse(status, "\\EXOV6\\FS.IMG: expected its size, found status 0x%x", status);
    __builtin_memcpy(&info, buffer, sizeof(info));
    *size = info.file_size;
    if (*size == 0)
        return refuse(EFI_LOAD_ERROR, "\\EXOV6\\FS.IMG: expected an image, found an empty file");
    return EFI_SUCCESS;
}

static efi_status file_read(struct efi_file *file, uint8_t *to, uint64_t size)
{
    uint64_t step = size / STEPS + 1;

    for (uint64_t at = 0; at < size;) {
        uint64_t count = size - at < step ? size - at : step;
        efi_status status = file->read(file, &count, to + at);

        if (status != EFI_SUCCESS || count == 0) {
            print("\n");
            return refuse(status != EFI_SUCCESS ? status : EFI_LOAD_ERROR,
                          "\\EXOV6\\FS.IMG: expected %u bytes, found %u, status 0x%x", size, at,
                          status);
        }
        at += count;
        print(".");
    }
    print("\n");
    return EFI_SUCCESS;
}

efi_status file_load(struct efi_system_table *system, efi_handle device, struct boot_range *range)
{
    struct efi_file *file;
    void *memory;
    efi_status status = file_open(system, device, &file);

    if (status != EFI_SUCCESS)
        return status;
    status = file_size(file, &range->size);
    if (status == EFI_SUCCESS)
        status = memory_allocate(MEMORY_MODULE, range->size, PAGE, "fs.img", &memory);
    if (status == EFI_SUCCESS) {
        range->base = (uint64_t)memory;
        print("exoboot: loading fs.img, %u KiB ", range->size / 1024);
        status = file_read(file, memory, range->size);
    }
    file->close(file);
    return status;
}
