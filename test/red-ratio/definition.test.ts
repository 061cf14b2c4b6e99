import { describe, expect, it } from 'vitest'
import { area, excess, mean, oklch, redRatio, redRatioDetails, share } from '../../src/red-ratio/index.ts'

describe('what each definition says of plain colours', () => {
  it.each([
    //              red          white           grey         black    orange ff8000  dark red 400000 blue
    [area(), [1, 0, 0, 0, 0, 1, 0]],
    [area({ value: 0.3 }), [1, 0, 0, 0, 0, 0, 0]],
    [area({ hue: 31 }), [1, 0, 0, 0, 1, 1, 0]],
    [area({ saturation: 0, value: 0 }), [1, 0, 0, 0, 0, 1, 0]],
    [excess, [1, 0, 0, 0, 127 / 255, 64 / 255, 0]],
    [share, [1, 1 / 3, 1 / 3, 0, 255 / 383, 1, 0]],
    [mean, [1, 1, 128 / 255, 0, 1, 64 / 255, 0]],
    [oklch, [1, 0, 0, 0, 0, 1, 0]],
  ])('%s', (definition, ratios) => {
    const colours = ['ff0000', 'ffffff', '808080', '000000', 'ff8000', '400000', '0000ff']
    const measured = colours.map((colour) => redRatio(Buffer.from(colour, 'hex'), { channels: 3, definition }))
    expect(measured).toEqual(ratios)
  })
})

describe('ids', () => {
  it('hold the limits', () => {
    expect(area()).toBe('area/1:h20,s50,v20')
    expect(area({ hue: 1, saturation: 1, value: 0 })).toBe('area/1:h1,s100,v0')
    expect(area({ saturation: 0.29, value: 0.57 })).toBe('area/1:h20,s29,v57')
  })

  it.each([area(), area({ hue: 59, saturation: 0, value: 1 }), excess, share, mean, oklch])(
    '%s comes back with the result',
    (definition) => {
      expect(redRatioDetails(Buffer.from([9, 0, 0]), { channels: 3, definition }).definition).toBe(definition)
    },
  )

  it.each([
    '',
    'area',
    'area/1',
    'area/2:h20,s50,v20',
    'area/1:h020,s50,v20',
    'area/1:h60,s50,v20',
    'area/1:h0,s50,v20',
    'area/1:h20,s101,v20',
    'area/1:h20,s50,v020',
    'area/1:h20,s50,v20 ',
    'excess',
    'oklch/1',
  ])('no other text is one: %j', (definition) => {
    expect(() => redRatio(Buffer.from([9, 0, 0]), { channels: 3, definition })).toThrow(RangeError)
  })

  it('are text', () => {
    const definition = 7 as unknown as string
    expect(() => redRatio(Buffer.from([9, 0, 0]), { channels: 3, definition })).toThrow(
      new TypeError('Expected `definition` to be the id of a definition, got 7'),
    )
  })
})

describe('limits out of range', () => {
  it.each([
    [{ hue: 0 }, 'Expected `hue` to be a whole number of degrees from 1 to 59, got 0'],
    [{ hue: 60 }, 'Expected `hue` to be a whole number of degrees from 1 to 59, got 60'],
    [{ hue: 1.5 }, 'Expected `hue` to be a whole number of degrees from 1 to 59, got 1.5'],
    [{ saturation: 1.01 }, 'Expected `saturation` to be from 0 to 1 in steps of 0.01, got 1.01'],
    [{ saturation: 0.505 }, 'Expected `saturation` to be from 0 to 1 in steps of 0.01, got 0.505'],
    [{ value: -0.1 }, 'Expected `value` to be from 0 to 1 in steps of 0.01, got -0.1'],
    [{ value: Number.NaN }, 'Expected `value` to be from 0 to 1 in steps of 0.01, got NaN'],
  ])('%o', (options, message) => {
    expect(() => area(options)).toThrow(new RangeError(message))
  })

  it('and unknown ones', () => {
    const options = { sat: 0.5 } as object
    expect(() => area(options)).toThrow(TypeError)
  })
})
