import fc from 'fast-check'

/** Any code point, also half of a pair; the unit `binary` of fast-check takes seconds to begin with. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10_ff_ff })
  .map((code) => String.fromCodePoint(code))
