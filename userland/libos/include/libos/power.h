/* The end of the machine, for the one program that has to bring it about. */
#pragma once

/* Only user 0 may. In QEMU the emulator exits with (status << 1) | 1. -1 where refused. */
int libos_power_off(int status);
