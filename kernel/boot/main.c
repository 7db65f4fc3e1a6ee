/*
 * exoboot: the UEFI stub of the unified kernel image.
 *
 * The firmware loads one PE file and checks its one signature; all that we boot but fs.img is in
 * it. fs.img is read from the volume that we came from and checked against the root hash of the
 * signed command line after it is in memory, so that nothing can change under the check. Load
 * options are never read: who can set them is not who signed.
 */
#include "exoboot.h"
#include "fs_check.h"

#define READ_TIME_US 2000000u /* for a refusal to be read before the firmware clears it away */

/* 9.1 */
static const struct efi_guid loaded_image_guid = {
    0x5b1b31a1, 0x9562, 0x11d2, {0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};

static void print_part(const struct part *part)
{
    for (uint64_t i = 0; i < part->size && part->base[i] >= ' '; i++) {
        char text[2] = {(char)part->base[i], '\0'};

        print("%s", text);
    }
}

static void greet(const struct parts *parts, struct boot_info *info)
{
    print("exoboot: ExoV6 ");
    print_part(&parts->version);
    print(", Secure Boot %s\n", info->flags & BOOT_FLAG_SECURE_BOOT ? "on" : "off");
    if (command_line_has((const char *)info->command_line.base, "keys", "development")) {
        info->flags |= BOOT_FLAG_DEVELOPMENT_KEYS;
        print("exoboot: DEVELOPMENT KEYS: everybody can sign what this machine boots\n");
    }
}

static efi_status load_archive(const struct part *part, struct boot_range *range)
{
    void *memory;
    efi_status status =
        memory_allocate(MEMORY_MODULE, part->size, PAGE, "the boot archive", &memory);

    if (status != EFI_SUCCESS)
        return status;
    __builtin_memcpy(memory, part->base, part->size);
    range->base = (uint64_t)memory;
    range->size = part->size;
    return EFI_SUCCESS;
}

static efi_status check_fs(struct boot_info *info)
{
    static uint8_t scratch[VERITY_SCRATCH];
    struct fs_expected expected;
    uint8_t found[SHA256_SIZE];
    enum fs_check result = fs_check_parse((const char *)info->command_line.base, &expected);

    if (result == FS_CHECK_OK)
        result = fs_check_image(&expected, (const void *)info->fs_image.base, info->fs_image.size,
                                scratch, found);
    switch (result) {
    case FS_CHECK_OK:
        info->fs_data_blocks = expected.blocks;
        info->flags |= BOOT_FLAG_FS_CHECKED;
        return EFI_SUCCESS;
    case FS_CHECK_NO_ROOT_HASH:
        return refuse(EFI_LOAD_ERROR,
                      "command line: expected roothash=64 hexadecimal digits, found none");
    case FS_CHECK_NO_BLOCKS:
        return refuse(EFI_LOAD_ERROR, "command line: expected fs_blocks=NUMBER, found none");
    case FS_CHECK_BAD_SALT:
        return refuse(EFI_LOAD_ERROR, "command line: expected salt=HEX or salt=-, found neither");
    case FS_CHECK_SHORT:
        return refuse(EFI_SECURITY_VIOLATION,
                      "\\EXOV6\\FS.IMG: expected %u blocks of 4096 bytes, found %u bytes",
                      expected.blocks, info->fs_image.size);
    case FS_CHECK_WRONG_ROOT:
        break;
    }
    return refuse(EFI_SECURITY_VIOLATION, "\\EXOV6\\FS.IMG: expected root hash %h, found %h",
                  expected.root, found);
}

static efi_status boot(efi_handle image, struct efi_system_table *system)
{
    struct efi_loaded_image *self;
    struct parts parts;
    struct kernel kernel;
    struct handover *handover;
    struct boot_info *info;
    efi_status status = system->boot->handle_protocol(image, &loaded_image_guid, (void **)&self);

    if (status != EFI_SUCCESS)
        return refuse(status, "loaded image: expected its protocol, found status 0x%x", status);
    if ((status = parts_find(self, &parts)) != EFI_SUCCESS ||
        (status = handover_prepare(&parts.command_line, &handover)) != EFI_SUCCESS)
        return status;
    info = handover_info(handover);
    machine_describe(system, info);
    greet(&parts, info);
    if ((status = kernel_load(&parts.kernel, &kernel)) != EFI_SUCCESS ||
        (status = load_archive(&parts.archive, &info->archive)) != EFI_SUCCESS ||
        (status = file_load(system, self->device, &info->fs_image)) != EFI_SUCCESS ||
        (status = check_fs(info)) != EFI_SUCCESS)
        return status;
    info->wall_seconds = machine_time(system);
    print("exoboot: fs.img matches its root hash, starting the kernel\n");
    return handover_go(handover, &kernel, image);
}

efi_status efi_main(efi_handle image, struct efi_system_table *system);

efi_status efi_main(efi_handle image, struct efi_system_table *system)
{
    efi_status status;

    console_init(system);
    memory_init(system);
    system->boot->set_watchdog(0, 0, 0, NULL);
    status = boot(image, system);
    system->boot->stall(READ_TIME_US);
    return status;
}
