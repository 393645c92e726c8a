// The marker's desk. Built with send.js into a file of its own: only those who mark fetch it.

// <form data-desk>: a script (#script), its rubric (#rubric) with a fieldset per criterion, and the way to other scripts.
function desk(form) {
  const groups = all('fieldset.crit', form)
  const script = form.querySelector('#script'), rubric = form.querySelector('#rubric')
  const help = form.querySelector('[data-keys]')
  const back = [] // what the figures have changed: a criterion, and the level that it had
  let last = groups[0]?.querySelector('[type=radio]')

  const chosen = group => group.querySelector(':checked')
  const press = selector => {
    const goal = form.querySelector(selector)
    goal?.focus()
    goal?.click()
  }
  const changed = () => form.dispatchEvent(new Event('input')) && form.dispatchEvent(new Event('change'))

  function enter(group) {
    (chosen(group) ?? group.querySelector('[type=radio]')).focus()
    group.scrollIntoView({block: 'nearest'})
  }

  // The figure chooses and goes on to the next criterion; after the last one the focus stays.
  function choose(group, figure) {
    const level = group.querySelector(`[data-key="${figure}"]`)
    if (!level) return
    back.push([group, chosen(group)])
    level.click()
    level.focus()
    enter(groups[groups.indexOf(group) + 1] ?? group)
  }

  function takeBack() {
    const [group, level] = back.pop() ?? []
    if (!group) return
    if (chosen(group)) chosen(group).checked = false
    if (level) level.checked = true
    changed()
    enter(group)
  }

  // Its box is closed while there is nothing in it.
  function remark(group) {
    const box = group.querySelector('details')
    if (!box) return
    box.open = true
    box.querySelector('textarea').focus()
  }

  function act(event) {
    const {key, code, target} = event
    if (event.altKey && key === 'PageDown') return () => press('[rel=next]')
    if (event.altKey && key === 'PageUp') return () => press('[rel=prev]')
    if ((event.ctrlKey || event.metaKey) && key === 'Enter') return () => press('[value=next]')
    if (event.altKey || event.ctrlKey || event.metaKey) return null
    const group = target.closest('fieldset.crit')
    if (key === 'Escape' && group && target.type === 'textarea') return () => enter(group)
    if (key === 'Escape') return () => (rubric.contains(target) ? script : last ?? rubric).focus()
    if (!group || target.type !== 'radio') return null
    if (code === 'KeyC' && !event.shiftKey) return () => remark(group)
    // By its place on the keyboard: Arabic layouts write ٤ where others write 4. Without the lock, a pad gives arrows.
    const figure = key.length === 1 && !event.shiftKey && /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1]
    if (figure) return () => choose(group, figure)
    if (key === 'Backspace') return takeBack
    return help && (key === '?' || key === '؟') ? () => { help.open = !help.open } : null
  }

  if (help) help.hidden = false
  rubric.addEventListener('focusin', event => { last = event.target })
  // What this device brings back may stand in a closed box.
  form.addEventListener('change', () => {
    for (const box of all('fieldset.crit details', form)) if (box.querySelector('textarea').value) box.open = true
  })
  form.addEventListener('keydown', event => {
    const step = event.isComposing ? null : act(event)
    if (!step) return
    event.preventDefault()
    step()
  })
  keepPlace(form, all('.flank', form))
  if (!form.dataset.autosave) warnBeforeLoss(form)
}

// Where a marker was in a script comes back with it: after a save, or on the way back from another one.
function keepPlace(form, panes) {
  const key = `place ${new URL(form.action).pathname}`
  const store = use => { try { return use(sessionStorage) } catch { return null } }
  const {comment} = form.elements
  let last = document.body
  form.addEventListener('focusin', event => { last = event.target }) // a button that was pressed is switched off

  addEventListener('pagehide', () => {
    const {name = '', type, value, id} = last
    const at = {name, id, value: type === 'radio' || type === 'submit' ? value : null}
    const marks = [comment?.selectionStart, comment?.selectionEnd]
    const place = {at, marks, page: scrollY, panes: panes.map(pane => pane.scrollTop)}
    store(memory => memory.setItem(key, JSON.stringify(place)))
  })

  const place = store(memory => JSON.parse(memory.getItem(key)))
  comment?.setSelectionRange(...(place?.marks ?? [comment.value.length, comment.value.length]))
  if (!place || document.querySelector('[autofocus]')) return
  const {name, id, value} = place.at
  const there = name ? [...form.elements].find(one => one.name === name && !one.hidden && (value === null || one.value === value))
    : id && document.getElementById(id)
  if (there) there.focus({preventScroll: true})
  panes.forEach((pane, n) => { pane.scrollTop = place.panes[n] })
  scrollTo(0, place.page)
}

// A mark that is set is not saved by itself: changing it takes a button.
function warnBeforeLoss(form) {
  const first = written(form)
  let sent
  form.addEventListener('submit', () => { sent = true })
  addEventListener('beforeunload', event => { if (!sent && written(form) !== first) event.preventDefault() })
}

// <output data-total="URL"> in a form: the server adds up, so that the sum on the screen is the sum of the rules.
function total(place) {
  const form = place.closest('form')
  let latest = 0
  form.addEventListener('change', async () => {
    const mine = ++latest
    try {
      const text = await send(place.dataset.total, formData(form))
      if (mine === latest) place.textContent = text
    } catch { /* the sum stays as it was; saving will say what is wrong */ }
  })
}

// [data-bank]: its buttons put their comment where the cursor stands. One stop of the Tab key, arrows inside.
function bank(box) {
  const {comment, keep} = box.closest('form').elements
  const search = box.querySelector('[type=search]')
  const items = all('[name=insert]', box)
  const shown = () => items.filter(item => !item.parentNode.hidden)
  const rove = to => items.forEach(item => { item.tabIndex = item === to ? 0 : -1 })

  function insert(item) {
    if (!item) return
    const text = item.querySelector('[lang]').textContent
    const before = comment.value.slice(0, comment.selectionStart)
    const put = before && !/\s$/.test(before) ? ` ${text}` : text
    comment.focus()
    // The old command alone can be undone with Ctrl+Z.
    if (!document.execCommand('insertText', false, put)) {
      comment.setRangeText(put, comment.selectionStart, comment.selectionEnd, 'end')
      comment.dispatchEvent(new Event('input', {bubbles: true}))
    }
  }

  box.addEventListener('click', event => {
    const item = event.target.closest('[name=insert]')
    if (item) event.preventDefault()
    insert(item)
  })
  box.addEventListener('keydown', event => {
    const list = shown(), at = list.indexOf(event.target)
    if (at < 0 && event.target !== search) return
    const to = {ArrowDown: list[at + 1], ArrowUp: list[at - 1] ?? search}[event.key]
    if (event.key === 'Enter' && at < 0) insert(list[0])
    else if (to) to.focus()
    else return
    event.preventDefault()
    if (at >= 0 && to && to !== search) rove(to)
  })
  keep.addEventListener('click', () => { keep.value = comment.value.slice(comment.selectionStart, comment.selectionEnd) })
  if (!search) return
  search.closest('[hidden]').hidden = false
  search.addEventListener('input', event => {
    event.stopPropagation() // nothing of the marking has changed
    const q = search.value.trim().toLocaleLowerCase()
    for (const item of items) item.parentNode.hidden = !item.textContent.toLocaleLowerCase().includes(q)
    rove(shown()[0])
  })
  rove(items[0])
}

all('[data-bank]').forEach(bank)
all('[data-total]').forEach(total)
all('form[data-desk]').forEach(desk)
