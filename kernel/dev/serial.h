/*
 * 16550 serial port, output only: boot lines before user space owns the port, and epitaphs.
 */
#pragma once

/* A panic takes the port back; sets 115200 8n1. */
void serial_init(void);
void serial_put(char c);
