#define REAL float
#define IS_FLOAT 1
#define VBYTES 16
#define N_LANES 4
#define N_ROWS 2
#define N_COLS 6
#define TARGET
#define KERNEL kernel_portable_f32
#define KERNEL_NAME "portable"
#include "kernel-template.h"
