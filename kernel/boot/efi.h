/*
 * What exoboot uses of UEFI, written from the UEFI Specification 2.10. Tables hold every member up
 * to the last one that is called; those that are not called are `void *`. "4.3" and so on name the
 * section. The calling convention is the compiler's own for this target.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef uint64_t efi_status;
typedef void *efi_handle;
typedef uint16_t efi_char;

/* Appendix D. */
#define EFI_SUCCESS 0ull
#define EFI_ERROR(number) (0x8000000000000000ull | (number))
#define EFI_LOAD_ERROR EFI_ERROR(1)
#define EFI_INVALID_PARAMETER EFI_ERROR(2)
#define EFI_UNSUPPORTED EFI_ERROR(3)
#define EFI_OUT_OF_RESOURCES EFI_ERROR(9)
#define EFI_NOT_FOUND EFI_ERROR(14)
#define EFI_SECURITY_VIOLATION EFI_ERROR(26)

struct efi_guid { /* Appendix A */
    uint32_t a;
    uint16_t b, c;
    uint8_t d[8];
};

struct efi_table_header { /* 4.2.1 */
    uint64_t signature;
    uint32_t revision, size, crc32, reserved;
};

struct efi_text_output { /* 12.4.1 */
    void *reset;
    efi_status (*output_string)(struct efi_text_output *self, const efi_char *text);
};

/* 7.2 */
enum efi_allocate_type {
    EFI_ALLOCATE_ANY = 0,
    EFI_ALLOCATE_MAX_ADDRESS = 1,
};

enum efi_memory_type {
    EFI_RESERVED = 0,
    EFI_LOADER_CODE = 1,
    EFI_LOADER_DATA = 2,
    EFI_BOOT_SERVICES_CODE = 3,
    EFI_BOOT_SERVICES_DATA = 4,
    EFI_RUNTIME_SERVICES_CODE = 5,
    EFI_RUNTIME_SERVICES_DATA = 6,
    EFI_CONVENTIONAL = 7,
    EFI_UNUSABLE = 8,
    EFI_ACPI_RECLAIM = 9,
    EFI_ACPI_NVS = 10,
    EFI_MMIO = 11,
    EFI_MMIO_PORTS = 12,
};

/* From here on types belong to the loader of the operating system (table 7.5). */
#define EFI_MEMORY_OS 0x80000000u

struct efi_memory_descriptor {
    uint32_t type;
    uint64_t physical;
    uint64_t virtual;
    uint64_t pages;
    uint64_t attributes;
};

struct efi_boot_services { /* 4.4.1 */
    struct efi_table_header header;
    void *raise_tpl, *restore_tpl;
    efi_status (*allocate_pages)(uint32_t how, uint32_t type, uint64_t pages, uint64_t *address);
    efi_status (*free_pages)(uint64_t address, uint64_t pages);
    efi_status (*get_memory_map)(uint64_t *size, void *map, uint64_t *key, uint64_t *stride,
                                 uint32_t *version);
    void *allocate_pool, *free_pool;
    void *create_event, *set_timer, *wait_for_event, *signal_event, *close_event, *check_event;
    void *install_protocol, *reinstall_protocol, *uninstall_protocol;
    efi_status (*handle_protocol)(efi_handle handle, const struct efi_guid *protocol, void **found);
    void *reserved, *register_notify, *locate_handle, *locate_device_path, *install_table;
    void *load_image, *start_image, *exit, *unload_image;
    efi_status (*exit_boot_services)(efi_handle image, uint64_t key); /* 7.4.6 */
    void *get_next_count;
    efi_status (*stall)(uint64_t microseconds);
    efi_status (*set_watchdog)(uint64_t seconds, uint64_t code, uint64_t size, void *data);
    void *connect, *disconnect, *open_protocol, *close_protocol, *open_information;
    void *protocols_per_handle, *locate_handle_buffer;
    efi_status (*locate_protocol)(const struct efi_guid *protocol, void *key, void **found);
};

struct efi_time { /* 8.3 */
    uint16_t year;
    uint8_t month, day, hour, minute, second, pad;
    uint32_t nanosecond;
    int16_t time_zone; /* minutes: local time is UTC less this */
    uint8_t daylight, pad2;
};

#define EFI_UNSPECIFIED_TIME_ZONE 0x7FF

struct efi_runtime_services { /* 4.5.1 */
    struct efi_table_header header;
    efi_status (*get_time)(struct efi_time *time, void *capabilities);
    void *set_time, *get_wakeup, *set_wakeup, *set_virtual_map, *convert_pointer;
    efi_status (*get_variable)(const efi_char *name, const struct efi_guid *vendor,
                               uint32_t *attributes, uint64_t *size, void *data);
};

struct efi_configuration_table { /* 4.6 */
    struct efi_guid vendor;
    void *table;
};

struct efi_system_table { /* 4.3.1 */
    struct efi_table_header header;
    const efi_char *vendor;
    uint32_t revision;
    efi_handle console_in_handle;
    void *console_in;
    efi_handle console_out_handle;
    struct efi_text_output *console_out;
    efi_handle error_handle;
    struct efi_text_output *error;
    struct efi_runtime_services *runtime;
    struct efi_boot_services *boot;
    uint64_t table_count;
    const struct efi_configuration_table *tables;
};

struct efi_loaded_image { /* 9.1 */
    uint32_t revision;
    efi_handle parent;
    struct efi_system_table *system;
    efi_handle device;
    void *path, *reserved;
    uint32_t options_size; /* load options are never read */
    void *options;
    const uint8_t *base;
    uint64_t size;
};

struct efi_file { /* 13.5 */
    uint64_t revision;
    efi_status (*open)(struct efi_file *self, struct efi_file **file, const efi_char *name,
                       uint64_t mode, uint64_t attributes);
    efi_status (*close)(struct efi_file *self);
    void *delete;
    efi_status (*read)(struct efi_file *self, uint64_t *size, void *buffer);
    void *write, *get_position, *set_position;
    efi_status (*get_info)(struct efi_file *self, const struct efi_guid *kind, uint64_t *size,
                           void *buffer);
};

#define EFI_FILE_MODE_READ 1ull

struct efi_file_info { /* 13.5.16, up to what is read */
    uint64_t size;
    uint64_t file_size;
    uint64_t physical_size;
};

struct efi_file_system { /* 13.4 */
    uint64_t revision;
    efi_status (*open_volume)(struct efi_file_system *self, struct efi_file **root);
};

struct efi_graphics_mode_info { /* 12.9.2 */
    uint32_t version, width, height, format;
    uint32_t masks[4];
    uint32_t pixels_per_line;
};

struct efi_graphics_mode {
    uint32_t max_mode, mode;
    const struct efi_graphics_mode_info *info;
    uint64_t info_size;
    uint64_t base;
    uint64_t size;
};

struct efi_graphics {
    void *query_mode, *set_mode, *blt;
    const struct efi_graphics_mode *mode;
};

_Static_assert(sizeof(struct efi_memory_descriptor) == 40, "7.2.3");
_Static_assert(sizeof(struct efi_time) == 16, "8.3");
_Static_assert(offsetof(struct efi_boot_services, handle_protocol) == 152, "4.4.1");
_Static_assert(offsetof(struct efi_boot_services, exit_boot_services) == 232, "4.4.1");
_Static_assert(offsetof(struct efi_boot_services, locate_protocol) == 320, "4.4.1");
_Static_assert(offsetof(struct efi_runtime_services, get_variable) == 72, "4.5.1");
_Static_assert(offsetof(struct efi_system_table, tables) == 112, "4.3.1");
_Static_assert(offsetof(struct efi_loaded_image, base) == 64, "9.1");
