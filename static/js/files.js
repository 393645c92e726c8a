// File controls.

// [data-drop] round a file control: our words instead of the browser's, and the name of what was chosen.
function drop(box) {
  box.classList.add('on')
  if (box.dataset.ahead) return ahead(box)
  const control = box.querySelector('input')
  control.addEventListener('change', () => {
    box.querySelector('[data-name]').textContent = control.files[0]?.name ?? ''
  })
}

// <div data-drop data-ahead="URL"><ul><template>: files go ahead of their form, piece by piece, and the form carries a
// token in the place of each. After a lost line the server says what it holds, and the file goes on from that byte.
// The template holds the row of a file and, for each of its states, an icon and in data attributes what the row says.
function ahead(box) {
  // Bytes of a piece: they follow the speed of the line, so that a lost one costs seconds and not minutes.
  const least = 1 << 15, most = 1 << 20
  const control = box.querySelector('input')
  const form = control.form
  const rows = box.nextElementSibling
  const pattern = rows.nextElementSibling
  const words = pattern.dataset
  const waiting = () => rows.querySelector('li:not(.ok)')
  // The button that was pressed while files were on their way.
  let pressed

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
    const [bar, line, button, input] = all('progress, [role], button, input', row)
    const facts = {name: file.name, size: file.size, changed: file.lastModified, limit: control.dataset.limit ?? ''}
    let address, at, piece = least, rest = 1000

    function say(state, text = words[pressed && state === 'info' ? 'then' : state]) {
      row.className = 'file ' + state
      row.firstElementChild.replaceWith(pattern.content.querySelector('svg.' + state).cloneNode(true))
      // It is read out when it changes, not with each piece.
      if (line.textContent !== text) line.textContent = text
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
    button.addEventListener('click', () => {
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
        // The file was changed or moved meanwhile.
        if (!bytes) return fail()
        const answer = await (at === undefined ? ask('POST', box.dataset.ahead, new URLSearchParams(facts))
          : ask('PATCH', address, bytes, at))
        const text = answer.headers.get('Content-Type').startsWith('text/plain') ? await answer.text() : undefined
        if (answer.status > 499) throw text
        if (!answer.headers.has('Upload-Offset')) return fail(text)
        address = answer.headers.get('Location') ?? address
        bar.value = at = +answer.headers.get('Upload-Offset')
        figures.textContent = text
        say('info')
        const took = Date.now() - began
        piece = took < 1000 ? Math.min(piece * 2, most) : took > 4000 ? Math.max(piece / 2, least) : piece
        rest = 1000
      } catch (why) {
        at = undefined
        piece = least
        say('warn', typeof why === 'string' ? why : undefined)
        await new Promise(on => {
          setTimeout(on, rest)
          addEventListener('online', on, {once: true})
        })
        rest = Math.min(rest * 2, 30000)
      }
    }
    if (!row.isConnected) return
    input.value = address.split('/').pop()
    input.disabled = false
    say('ok')
    if (pressed && !waiting()) form.requestSubmit?.(pressed)
  }
}

all('[data-drop]').forEach(drop)
