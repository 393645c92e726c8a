// File controls.

// [data-drop] round a file control: our words instead of the browser's, and the names of what was chosen.
function drop(box) {
  box.classList.add('on')
  if (box.dataset.ahead) return ahead(box)
  const control = box.querySelector('input')
  const names = box.querySelector('[data-names]')
  control.addEventListener('change', () => {
    names.replaceChildren(...[...control.files].map(file => {
      const line = document.createElement('li')
      line.append(Object.assign(document.createElement('bdi'), {textContent: file.name}))
      return line
    }))
  })
}

// <div data-drop data-ahead="URL"><ul><template>: files go ahead of their form, piece by piece, and the form carries a
// token in the place of each. After a lost line the server says what it holds, and the file goes on from that byte.
// The template is the row of a file; its data attributes are what a row says in each of its states.
function ahead(box) {
  const control = box.querySelector('input')
  const form = control.form
  const rows = box.nextElementSibling
  const pattern = rows.nextElementSibling
  const words = pattern.dataset
  const waiting = () => rows.querySelector('li:not(.ok)')
  let pressed // the button that was pressed while files were on their way

  control.addEventListener('change', () => {
    if (!control.multiple) rows.replaceChildren()
    for (const file of control.files) go(file)
    control.value = ''
  })
  form.addEventListener('submit', event => {
    if (!waiting()) return
    event.preventDefault()
    pressed = event.submitter
    for (const line of all('.info [role]', rows)) line.textContent = words.then
    rows.querySelector('.bad button')?.focus()
  })

  async function go(file) {
    const row = pattern.content.firstElementChild.cloneNode(true)
    const [name, figures] = all('bdi', row)
    const bar = row.querySelector('progress')
    const line = row.querySelector('[role]')
    const facts = {name: file.name, size: file.size, changed: file.lastModified, limit: control.dataset.limit ?? ''}
    let address, at, piece = 1 << 16, rest = 1000

    function say(state, text = words[pressed && state === 'info' ? 'then' : state]) {
      row.className = 'file ' + state
      if (line.textContent !== text) line.textContent = text // else it would be read out with each piece
    }
    function fail(text) {
      pressed = null
      say('bad', text)
    }
    const ask = (method, url, body, at = 0) => fetch(url, {
      method, body, redirect: 'error', headers: {'X-CSRFToken': token(), 'Upload-Offset': at},
      signal: AbortSignal.timeout?.(60000),
    })

    name.textContent = file.name
    bar.setAttribute('aria-label', file.name)
    bar.max = file.size
    row.querySelector('button').addEventListener('click', () => {
      row.remove()
      pressed = null
      control.focus()
      if (address) ask('DELETE', address).catch(() => {})
    })
    rows.append(row)
    while (row.isConnected && at !== file.size) {
      try {
        const began = Date.now()
        const bytes = await file.slice(at, at + piece).arrayBuffer().catch(() => null)
        if (!bytes) return fail() // it was changed or moved meanwhile
        const answer = await (at === undefined ? ask('POST', box.dataset.ahead, new URLSearchParams(facts))
          : ask('PATCH', address, bytes, at))
        const text = answer.headers.get('Content-Type').startsWith('text/plain') ? await answer.text() : undefined
        if (answer.status > 499) throw text
        if (!answer.headers.has('Upload-Offset')) return fail(text)
        address = answer.headers.get('Location') ?? address
        bar.value = at = +answer.headers.get('Upload-Offset')
        figures.textContent = text
        say('info')
        // Pieces follow the speed of the line: a lost one costs seconds, not minutes.
        const took = Date.now() - began
        piece = Math.min(took < 1000 ? piece * 2 : took > 4000 ? piece / 2 : piece, 1 << 20)
        rest = 1000
      } catch (why) {
        at = undefined
        say('warn', typeof why === 'string' ? why : undefined)
        await new Promise(on => {
          setTimeout(on, rest)
          addEventListener('online', on, {once: true})
        })
        rest = Math.min(rest * 2, 30000)
      }
    }
    if (!row.isConnected) return
    const sent = {type: 'hidden', name: control.name, value: address.split('/').pop()}
    row.append(Object.assign(document.createElement('input'), sent))
    say('ok')
    if (pressed && !waiting()) form.requestSubmit?.(pressed)
  }
}

all('[data-drop]').forEach(drop)
