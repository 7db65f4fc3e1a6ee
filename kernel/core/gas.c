/*
 * Gas, see gas.h.
 */
#include "core/gas.h"

#include "core/cap.h"
#include "core/run.h"
#include "core/syscall.h"

status_t gas_empty(void)
{
    env_stop_faulted(current, 0, 0);
    return EXO_NO_GAS;
}

status_t sys_gas_move(struct cap *cap, uint64_t dst_env, uint64_t amount)
{
    struct env *from = (struct env *)cap->object;
    struct env *to;
    struct cap *to_cap;
    status_t status = cap_lookup_env(dst_env, 0, &to, &to_cap);

    if (status)
        return status;
    if (object_dead(&from->object))
        return EXO_DEAD;
    if (from->gas < GAS_UNLIMITED) {
        if (amount > from->gas)
            return EXO_NO_GAS;
        from->gas -= amount;
    }
    to->gas = amount >= GAS_UNLIMITED || to->gas >= GAS_UNLIMITED ? UINT64_MAX : to->gas + amount;
    return EXO_OK;
}
