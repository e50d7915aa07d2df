/** One field of a protobuf message: varints and fixed64 as bigint, everything of a length as bytes. */
export type WireField =
  | { readonly number: number; readonly type: "integer"; readonly value: bigint }
  | { readonly number: number; readonly type: "bytes"; readonly value: Uint8Array };

/** The fields of one protobuf message in order. Throws on bytes that are no protobuf. */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(position++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error("protobuf: a varint is too long");
  };
  while (position < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0:
        yield { number, type: "integer", value: varint() };
        break;
      case 1:
        yield { number, type: "integer", value: view.getBigUint64(position, true) };
        position += 8;
        break;
      case 2: {
        const length = Number(varint());
        if (position + length > bytes.length) throw new Error("protobuf: a field is longer than its message");
        yield { number, type: "bytes", value: bytes.subarray(position, position + length) };
        position += length;
        break;
      }
      case 5:
        yield { number, type: "integer", value: BigInt(view.getUint32(position, true)) };
        position += 4;
        break;
      default:
        throw new Error(`protobuf: unknown wire type ${tag & 7}`);
    }
  }
}
