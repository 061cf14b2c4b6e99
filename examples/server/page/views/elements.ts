/** The element with this id, which the page has. */
export function element<Type extends Element = HTMLElement>(id: string): Type {
  const found = document.querySelector<Type>(`#${id}`)
  if (found === null) throw new Error(`The page has no #${id}`)
  return found
}

/** A new element with a class and what stands in it. */
export function create<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.className = className
  made.append(...children)
  return made
}

/** Shows an element for each item, in their order; an item that is shown already keeps its element. */
export function showList<Item>(
  list: HTMLElement,
  items: readonly Item[],
  idOf: (item: Item) => string,
  make: (item: Item) => HTMLElement,
): void {
  const shown = new Map([...list.children].map((child) => [(child as HTMLElement).dataset['id'], child]))
  const wanted = items.map((item) => {
    const id = idOf(item)
    const known = shown.get(id)
    if (known !== undefined) return known
    const made = make(item)
    made.dataset['id'] = id
    return made
  })
  // Elements that stay are not moved: moving one would take the focus from it and start its animation again.
  const staying = new Set(wanted)
  for (const child of [...list.children]) if (!staying.has(child)) child.remove()
  for (const [at, child] of wanted.entries())
    if (list.children[at] !== child) list.insertBefore(child, list.children[at] ?? null)
}
