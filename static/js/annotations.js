// Comments on a place of a work. Built with send.js and marking.js into the file of those who mark.

// [data-jot]: the comment on a passage, about words that are selected in [data-passages] or chosen by lists. Offsets count
// characters of the text as the server has it; what stands between them goes along, so that a mistake is seen there.
function jot(box) {
  const form = box.closest('form'), text = form.querySelector('[data-passages]')
  const {note_line: line, note_first: first, note_last: last, note_text: said, note_bank: bank} = form.elements
  const {note_start: start, note_stop: stop, note_quote: quote} = form.elements
  const range = box.querySelector('[data-range]'), shown = box.querySelector('[data-passage]')
  const pick = form.querySelector('[data-pick]')
  const lines = all('[data-at]', text), chars = words => [...words].length
  let found, sent

  function bare(part) {
    part.querySelectorAll('.ref, .jots').forEach(one => one.remove())
    part.querySelectorAll('[data-at]').forEach(one => one.append('\n'))
    return part.textContent
  }

  function offset(node, at) {
    const here = (node.nodeType === 1 ? node : node.parentElement).closest('[data-at]')
    if (!here || !text.contains(here)) return null
    const before = document.createRange()
    before.selectNodeContents(here)
    before.setEnd(node, at)
    return Number(here.dataset.at) + chars(bare(before.cloneContents()))
  }

  function selected() {
    const {rangeCount, isCollapsed} = getSelection()
    if (!rangeCount || isCollapsed) return null
    const part = getSelection().getRangeAt(0)
    const [from, to] = [offset(part.startContainer, part.startOffset), offset(part.endContainer, part.endOffset)]
    const words = from === null || to === null ? '' : bare(part.cloneContents()).trim()
    return words ? {from, to, words} : null
  }

  function point(to) {
    start.value = to?.from ?? ''
    stop.value = to?.to ?? ''
    quote.value = shown.textContent = to?.words ?? ''
    shown.hidden = !to
    if (to) line.value = ''
    list()
  }

  function list() {
    const here = lines[line.value - 1]
    range.hidden = !here
    first.replaceChildren()
    last.replaceChildren()
    if (!here) return
    const whole = bare(here.cloneNode(true)), at = Number(here.dataset.at)
    let n = 0, past = 0, count = 0
    for (const match of whole.matchAll(/\S+/g)) {
      count += chars(whole.slice(past, match.index))
      past = match.index
      const label = `${++n} · ${match[0]}`
      first.add(new Option(label, at + count))
      last.add(new Option(label, at + count + chars(match[0])))
    }
    last.selectedIndex = last.length - 1
  }

  function begin() {
    box.open = true
    point(found)
    pick.hidden = true
    said.focus()
  }

  const left = () => !sent && said.value && said.value !== said.defaultValue

  box.addEventListener('input', event => event.stopPropagation()) // nothing of the marking has changed
  box.addEventListener('change', event => event.stopPropagation())
  form.addEventListener('submit', () => { sent = true })
  addEventListener('beforeunload', event => { if (left()) event.preventDefault() })
  bank?.addEventListener('change', () => {
    const put = bank.selectedOptions[0].dataset.text
    if (put) said.value = `${said.value} ${put}`.trim()
    bank.value = ''
    said.focus()
  })
  if (!line) return // a comment that is there keeps its place
  box.querySelector('[data-words]').hidden = true
  line.addEventListener('change', () => {
    start.value = stop.value = quote.value = shown.textContent = ''
    shown.hidden = true
    list()
  })
  document.addEventListener('selectionchange', () => {
    found = selected()
    pick.hidden = !found
  })
  pick.addEventListener('pointerdown', event => event.preventDefault()) // the selection stays
  pick.addEventListener('click', begin)
}

// <svg data-sheet>: a place of a page is pressed, or a frame drawn on it; its numbers stand in the form.
function sheet(svg) {
  const frame = svg.querySelector('[data-new]'), {x, y, w, h, text} = document.querySelector('form.card').elements
  const percent = value => Math.round(Math.min(Math.max(value, 0), 1) * 1000) / 10
  let from = null

  function at(event) {
    const box = svg.getBoundingClientRect()
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
  }

  function show() {
    const {width, height} = svg.viewBox.baseVal, size = [width, height, width, height]
    const names = ['x', 'y', 'width', 'height'];
    [x, y, w, h].forEach((one, n) => frame.setAttribute(names[n], Math.max(one.value * size[n] / 100, n > 1 ? 6 : 0)))
  }

  function put(one, other) {
    const [left, top] = [0, 1].map(n => percent(Math.min(one[n], other[n])))
    const [right, bottom] = [0, 1].map(n => percent(Math.max(one[n], other[n])))
    const area = right - left > 1 && bottom - top > .5
    x.value = left
    y.value = top
    w.value = area ? Math.round((right - left) * 10) / 10 : 0
    h.value = area ? Math.round((bottom - top) * 10) / 10 : 0
    show()
  }

  svg.addEventListener('pointerdown', event => {
    if (event.pointerType !== 'mouse' || event.button) return
    from = at(event)
    svg.setPointerCapture(event.pointerId)
    event.preventDefault()
  })
  svg.addEventListener('pointermove', event => { if (from) put(from, at(event)) })
  svg.addEventListener('pointerup', event => {
    if (!from) return
    put(from, at(event))
    from = null
    text.focus()
  })
  svg.addEventListener('click', event => { if (event.pointerType !== 'mouse') put(at(event), at(event)) })
  for (const one of [x, y, w, h]) one.addEventListener('input', show)
}

all('[data-jot]').forEach(jot)
all('[data-sheet]').forEach(sheet)
