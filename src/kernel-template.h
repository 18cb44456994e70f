/* Included last by each kernel-<variant>-<precision>.c: its functions. */
#include "kernel-gradient.h"
#include "kernel-matmul.h"

const rnn_kernel KERNEL = {
    KERNEL_NAME,
    VL,
    PANEL,
    sizeof(REAL),
    cell_pack_size,
    cell_pack,
    block_work_size,
    drive_forward,
    drive_backward,
    gradient_work_size,
    drive_gradient,
    activate,
    NR,
    probe,
    matmul_work_size,
    matmul,
};
