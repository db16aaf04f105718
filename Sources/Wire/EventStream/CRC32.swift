/// CRC-32 as in zlib, PNG and Ethernet: reflected polynomial EDB88320, all ones before and after.
///
/// Eight bytes a step ("slicing by 8", Kounavis and Berry, 2005). The processor's own CRC instruction computes another
/// polynomial.
enum CRC32 {
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress else { return 0 }
        return tables.withUnsafeBufferPointer { tables in
            var crc = ~UInt32(0)
            var offset = 0
            while bytes.count - offset >= 8 {
                let low = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) ^ crc
                let high = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
                crc = step(low, high, tables)
                offset += 8
            }
            while offset < bytes.count {
                crc = tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)] ^ (crc >> 8)
                offset += 1
            }
            return ~crc
        }
    }

    @inline(__always)
    private static func step(_ low: UInt32, _ high: UInt32, _ tables: UnsafeBufferPointer<UInt32>) -> UInt32 {
        tables[0x700 + Int(low & 0xFF)] ^ tables[0x600 + Int(low >> 8 & 0xFF)]
            ^ tables[0x500 + Int(low >> 16 & 0xFF)] ^ tables[0x400 + Int(low >> 24)]
            ^ tables[0x300 + Int(high & 0xFF)] ^ tables[0x200 + Int(high >> 8 & 0xFF)]
            ^ tables[0x100 + Int(high >> 16 & 0xFF)] ^ tables[Int(high >> 24)]
    }

    /// Eight tables of 256, one behind the other: table k is the effect of a byte with k zero bytes after it.
    private static let tables: [UInt32] = {
        var tables = (UInt32(0)..<256).map(remainder)
        for index in 256..<2048 {
            let previous = tables[index - 256]
            tables.append((previous >> 8) ^ tables[Int(previous & 0xFF)])
        }
        return tables
    }()

    private static func remainder(of byte: UInt32) -> UInt32 {
        var crc = byte
        for _ in 0..<8 {
            let isOdd = crc & 1 == 1
            crc >>= 1
            if isOdd { crc ^= 0xEDB8_8320 }
        }
        return crc
    }
}
