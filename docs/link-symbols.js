// A plugin for typedoc: a link to a source file with the name of what it exports, such as
// `[jsonCompare](../src/json-compare/compare.ts#jsonCompare)`, leads to the page of that name in the reference. Where
// Markdown is shown as it is, the same link leads to the source. One that leads nowhere ends typedoc.
import { Converter } from 'typedoc'

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, (context) => {
    const { project } = context
    const pages = pagesBySource(context)
    const texts = [project.readme, ...Object.values(project.reflections).map(({ content }) => content)]
    for (const link of texts.flatMap((parts) => parts ?? [])) {
      if (link.kind !== 'relative-link' || link.targetAnchor === undefined) continue
      const path = project.files.resolvePath(link.target)
      if (!path.endsWith('.ts')) continue
      const page = pages.get(`${path}#${link.targetAnchor}`)
      if (page === undefined) {
        app.logger.error(`Nothing of the reference is declared as ${link.targetAnchor} in ${path}`)
        continue
      }
      // a path of its own, which no file has
      link.target = project.files.registerAbsolute(`${path}/${link.targetAnchor}`).target
      link.targetAnchor = undefined
      project.files.registerReflectionPath(`${path}/${page.name}`, page)
    }
  })
}

/** What the reference has a page of, by `path#name` of its declaration. */
function pagesBySource(context) {
  const pages = new Map()
  for (const reflection of Object.values(context.project.reflections)) {
    const { parent } = reflection
    if (reflection.isReference() || !parent?.isDeclaration() || !parent.parent?.isProject()) continue
    const symbol = context.getSymbolFromReflection(reflection)
    for (const declaration of symbol?.declarations ?? []) {
      pages.set(`${declaration.getSourceFile().fileName}#${reflection.name}`, reflection)
    }
  }
  return pages
}
