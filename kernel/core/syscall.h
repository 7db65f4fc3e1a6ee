/*
 * System calls: the dispatch table, generated from abi/syscalls.toml, and the handlers. The entry
 * code debits gas and checks the capability of argument 0, then calls the handler with it. Results
 * go to the env's message registers; the status is returned. A handler that lets another env run
 * leaves its own env's status in its saved registers.
 */
#pragma once

#include <exo/types.h>

struct cap;

struct syscall {
    void (*handler)(void);
    uint64_t gas;  /* 0: no such call */
    uint32_t mask; /* of the capability's word: type, unless any will do, and rights */
    uint32_t expect;
    uint64_t zero;
};

/* A number that the table does not have: an upcall, or BAD_CALL. */
status_t syscall_unknown(void);

/* The capability of argument 0 was not there or did not allow the call: `status` says which. */
status_t syscall_refused(status_t status);

status_t sys_cap_check(struct cap *cap, uint64_t type, uint64_t rights);
status_t sys_cap_inspect(struct cap *cap);
status_t sys_cap_derive(struct cap *cap, uint64_t dst_env, uint64_t dst_slot, uint64_t rights_badge,
                        uint64_t offset, uint64_t count);
status_t sys_cap_revoke(struct cap *cap);
status_t sys_cap_delete(struct cap *cap);
status_t sys_frame_info(struct cap *cap, uint64_t offset);
status_t sys_aspace_create(struct cap *cap, uint64_t offset, uint64_t dst_slot);
status_t sys_aspace_table(struct cap *cap, uint64_t frames, uint64_t offset, uint64_t vaddr,
                          uint64_t level);
status_t sys_aspace_map(struct cap *cap, uint64_t frames, uint64_t offset, uint64_t vaddr,
                        uint64_t count, uint64_t prot);
status_t sys_aspace_unmap(struct cap *cap, uint64_t vaddr, uint64_t count);
status_t sys_aspace_protect(struct cap *cap, uint64_t vaddr, uint64_t count, uint64_t prot);
status_t sys_aspace_share(struct cap *cap, uint64_t vaddr, uint64_t dst_aspace, uint64_t dst_vaddr,
                          uint64_t count, uint64_t prot);
status_t sys_aspace_query(struct cap *cap, uint64_t vaddr);
status_t sys_env_create(struct cap *cap, uint64_t offset, uint64_t aspace, uint64_t dst_slot,
                        uint64_t label);
status_t sys_env_set(struct cap *cap, uint64_t what, uint64_t value);
status_t sys_env_get(struct cap *cap, uint64_t what);
status_t sys_env_start(struct cap *cap);
status_t sys_env_stop(struct cap *cap);
status_t sys_env_destroy(struct cap *cap);
status_t sys_env_table(struct cap *cap, uint64_t frames, uint64_t offset);
status_t sys_env_enter(struct cap *cap, uint64_t aspace, uint64_t pc, uint64_t sp, uint64_t arg0,
                       uint64_t arg1);
status_t sys_env_wait(struct cap *cap, uint64_t mask, uint64_t deadline);
status_t sys_env_notify(struct cap *cap, uint64_t bits);
status_t sys_env_yield(struct cap *cap);
status_t sys_gate_create(struct cap *cap, uint64_t dst_env, uint64_t dst_slot, uint64_t badge);
status_t sys_gate_call(struct cap *cap);
status_t sys_gate_wait(struct cap *cap);
status_t sys_slice_bind(struct cap *cap, uint64_t env, uint64_t weight);
status_t sys_irq_bind(struct cap *cap, uint64_t env, uint64_t bits);
status_t sys_irq_ack(struct cap *cap);
status_t sys_port_read(struct cap *cap, uint64_t offset, uint64_t width);
status_t sys_port_write(struct cap *cap, uint64_t offset, uint64_t width, uint64_t value);
status_t sys_time_now(struct cap *cap);
status_t sys_gas_move(struct cap *cap, uint64_t dst_env, uint64_t amount);
