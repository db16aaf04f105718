/* privacy.bin b7e51e2a0ad2e956 */
#if defined(__APPLE__)
#define SYMBOL(name) _##name
    .section __TEXT,__const
#else
#define SYMBOL(name) name
    .section .rodata
#endif
    .globl SYMBOL(northern_privacy_data)
    .globl SYMBOL(northern_privacy_data_end)
    .p2align 12
SYMBOL(northern_privacy_data):
    .incbin "privacy.bin"
SYMBOL(northern_privacy_data_end):
    .byte 0

#if defined(__linux__)
    .section .note.GNU-stack,"",%progbits
#endif
