"""What the demonstration's trainees write, and what their instructor answers. All cases are invented."""

from diploma.core.lang import Lang

_EN = """\
Who is affected. Owners of small food stalls in the two markets of our town: about 640 families who rent a place by the month. Most of them work alone or with one relative, so a day spent in an office is a day without income.

What happens today. Every spring each owner renews a hygiene card for everybody who handles food. The owner collects a form at our counter, takes it to the clinic, returns with stamps, is told that one copy is missing, leaves, and comes back. While the card is in preparation the stall may be closed by an inspector, although the owner has done everything that was asked.

How much. We looked at 110 applications from April, drawn at random across the month from the paper register. 61 of 110 owners came to the counter three times or more. The median time from the first visit to the card in hand was 19 days; the rule says 5. In the same month the inspectors closed 14 stalls whose owners were waiting for a card. These numbers come from the register and the inspection log; they were counted by two of us separately, and we differed in 3 files, which we then read together.

Why it matters. Owners lose on average four working days. The inspectors lose trust: three of the owners we spoke with said that they hide when an inspector comes, even with a valid card. And the purpose of the card, food that makes nobody ill, is served by none of these visits.

The boundary. Our department can change the form, the order of steps, the notices and the opening hours of the counter, and it can agree with the clinic which data travel between us. It cannot change the list of medical examinations, which is national, nor the fee.

Voices. We heard four owners with their consent. One of them had given up and works without a card; she told us that she cannot read the form, because it uses words of the law. We had written "owners do not know the rules". After this conversation we removed that sentence: she knew the rules very well.

Causes that we checked. First, the missing copy: in 47 of the 61 repeated visits a copy of a document was missing that our own department had issued. We compared this with the second market, where the clerk prints the copy herself; there only 9 of 38 owners came three times. Second, the waiting time at the clinic: we expected it to be the main cause, but it explains 4 of the 19 days. The rest passes between the clinic's signature and our register, which is filled in on Fridays.

What we are not sure about. April is the busiest month, and the register does not show owners who turned back at the door. The weakest line of our table is the number of closed stalls, because one inspector writes reasons in his own words.

Request to the gate. We ask for six weeks and the time of one clerk for two mornings a week, to test two changes in one of the two markets: the counter prints its own copies, and the register is filled in daily. We would compare repeated visits and days with the other market. If repeated visits do not fall below one third, we shall come back and say so.
"""

_AR = """\
الفئة المتأثرة: أصحاب مركبات النقل المدرسي الصغيرة في ثلاث مدن، وعددهم نحو 520 سائقاً مرخّصاً، يعمل معظمهم لحسابه ويعيل أسرة. وهم فئة يمكن لقاؤها: يقفون كل صباح أمام المدارس نفسها.

ما الذي يحدث اليوم: يجدّد السائق تصريحه مرة كل سنة. يحضر إلى مركز الخدمة، فيُطلب منه تقرير فحص المركبة، فيذهب إلى محطة الفحص، ثم يعود فيُطلب منه إثبات خلوّ السجل، وهو وثيقة تصدرها جهتنا نفسها عبر نافذة أخرى. وفي أثناء ذلك لا يستطيع نقل الطلبة، فتبحث الأسر عن بديل لا نعرف عنه شيئاً.

الحجم: راجعنا 96 ملفاً سُحبت عشوائياً من ملفات شهر أغسطس. حضر 52 سائقاً من أصل 96 ثلاث مرات أو أكثر، وبلغ الوسيط بين أول زيارة واستلام التصريح 16 يوماً، في حين أن المدة المعلنة 3 أيام. وتوقف 31 سائقاً عن العمل يوماً واحداً على الأقل. المصدر سجل المركز وسجل الأدوار الآلي، وقد عدّ الأرقام شخصان كلٌّ على حدة، واختلفا في أربعة ملفات ثم راجعاها معاً.

الأهمية: يخسر السائق دخل أيام، وتخسر الأسر الأمان لأنها تلجأ إلى نقل غير مرخّص في أول أسبوع من العام الدراسي، وتخسر الجهة ثقة فئة صغيرة لكنها مؤثرة.

الحدود: تستطيع إدارتنا تغيير النموذج وترتيب الخطوات والإشعارات، والاتفاق مع محطة الفحص على البيانات المتبادلة. ولا تستطيع تغيير شروط السلامة ولا قيمة الرسوم، فهي من اختصاص جهة أخرى.

أصوات المتعاملين: استمعنا بموافقة مسبقة إلى خمسة سائقين، أحدهم ترك المهنة في الربيع الماضي. كنا قد كتبنا في المسودة الأولى أن السائقين «لا يقرؤون التعليمات»، فأرانا هذا السائق الرسالة النصية التي وصلته: فيها رقم مادة قانونية وموعد، وليس فيها أي ذكر للوثائق المطلوبة. حذفنا العبارة، وصارت صياغة التحدي تتحدث عن الرسالة لا عن السائق.

الأسباب التي تحققنا منها: السبب الأول أن وثيقة خلوّ السجل تصدر من نافذة أخرى في المبنى نفسه؛ ففي 39 زيارة متكررة من أصل 52 كانت هذه الوثيقة هي الناقصة. وقارنّا ذلك بمركز المدينة الثالثة حيث يطبعها الموظف بنفسه، فلم يتكرر الحضور إلا لدى 7 من 33 سائقاً. والسبب الثاني ازدحام محطة الفحص، وكنا نظنه السبب الأكبر، فتبيّن أنه يفسّر ثلاثة أيام فقط من أصل ستة عشر يوماً.

نقاط الضعف: شهر أغسطس أكثر الأشهر ازدحاماً، والسجل لا يُظهر من عاد من الباب قبل أن يأخذ رقماً. وأضعف صف في جدول أدلتنا عدد السائقين المتوقفين، لأننا سألناهم هاتفياً بعد شهرين من الواقعة. وسنقوّي هذا الصف بسجلّ حضور المدارس في الدورة القادمة، بعد موافقة إدارتها.

الأطراف: تبيّن خريطة الأطراف أن من يقرر هو مدير الترخيص، وأن من يدفع ثمن التأخير هو السائق والأسرة، وأن من ينفّذ هو موظف النافذة الذي لم يسأله أحد قبلنا عن رأيه. وقد اقترح هو نفسه أن تُطبع الوثيقة عند أول زيارة.

الاختيار: قيّمنا ثلاثة تحديات بمصفوفة ذات أوزان، كلٌّ منا على حدة، ثم ناقشنا الفروق. حصل هذا التحدي على 72.5 من 100، وبقي في المرتبة الأولى حين أنقصنا وزن القيمة العامة عشر درجات ثم حين زدنا وزن الكلفة عشراً. أما تحدي مواعيد العيادات فقد استبعده الحد الأدنى لأن مفاتيحه كلها لدى جهة أخرى.

المطلوب من البوابة: نطلب ستة أسابيع، وموظفاً واحداً صباحين في الأسبوع، لاختبار تغييرين في مركز واحد: طباعة وثيقة خلوّ السجل عند النافذة نفسها، وإرسال رسالة نصية تسرد الوثائق بدلاً من رقم المادة. نقارن النتيجة بالمركز الآخر. فإن لم تنخفض الزيارات المتكررة إلى أقل من الثلث عدنا إلى البوابة وأعلنّا ذلك.
"""

_RU = """\
Кого это касается. Родители детей трёх-шести лет в двух районах города, которые ставят ребёнка в очередь в детский сад: за весну таких семей около 900. Чаще всего приходит мать, с ребёнком на руках, в рабочее время.

Что происходит сегодня. Родитель подаёт заявление через портал, получает номер очереди и ждёт. Через некоторое время его просят принести в управление бумажную справку о месте жительства, хотя портал эти сведения уже получил. Если справку не принесли за десять дней, заявление закрывается без уведомления, и семья узнаёт об этом осенью, когда мест уже нет.

Сколько. Мы просмотрели 130 заявлений, случайно выбранных из всех заявлений за март и апрель. 48 из 130 были закрыты из-за справки. По 29 из этих 48 семья подала заявление заново и потеряла место в очереди. Источник — журнал портала и журнал входящих бумаг управления; подсчёт вели два человека независимо, расхождения в пяти случаях мы разобрали вместе.

Почему это важно. Семья теряет в среднем семь месяцев очереди, а мать — возможность выйти на работу. Управление ведёт переписку по жалобам: за полгода 212 обращений об одном и том же. Доверие к порталу падает: двое из пяти собеседников сказали, что «всё равно надо идти ногами».

Граница. Управление может изменить порядок проверки, тексты уведомлений, сроки внутренних действий и договориться с центром регистрации о сверке данных. Оно не может изменить число мест в детских садах и льготы, установленные законом.

Голоса. С согласия мы поговорили с пятью матерями; одна из них больше не подаёт заявление и оставляет ребёнка у соседки. В первом черновике у нас стояло: «родители не следят за статусом». Она показала телефон: уведомление пришло в три часа ночи, на языке, которого она почти не знает. Мы убрали эту фразу и добавили в постановку язык уведомления.

Причины, которые мы проверили. Первая: справка нужна, потому что сверка данных выключена после сбоя прошлой осенью. В районе, где сверку включили снова, из-за справки закрыто 6 заявлений из 70. Вторая: мы думали, что главное — незнание порядка, но из 48 семей 40 знали о справке и не успели из-за часов приёма.

В чём мы не уверены. Журнал бумаг заполняют от руки, и даты в нём бывают приблизительными. Самая слабая строка таблицы — семь месяцев очереди: это оценка по 29 семьям, а не измерение. Мы уточним её в сентябре по спискам групп.

Участники. Карта показала, что решает начальник отдела, расходы несёт семья, работу выполняет один специалист, а включить сверку может центр регистрации, которого никто не спрашивал с осени.

Выбор. Мы оценили три задачи по матрице, каждый отдельно. Эта набрала 70 из 100 и осталась первой, когда мы сдвигали веса на десять единиц в обе стороны. Задача о строительстве нового детского сада не прошла защитное правило: у нас нет полномочий.

Чего мы просим от контрольной точки. Шесть недель и одного специалиста на два утра в неделю, чтобы в одном районе включить сверку данных и отправлять уведомление днём, на языке заявителя. Сравним долю закрытых заявлений с соседним районом. Если она не упадёт ниже десяти процентов, мы вернёмся и скажем об этом прямо.
"""

_UZ_CYRL = """\
Кимга таъсир қилмоқда. Туманимиздаги якка тартибдаги тикувчи ва косиблар: рўйхатда 780 нафар, аксарияти уйида ишлайди, кўпчилиги аёллар. Улар билан маҳалла марказида ҳар жума учрашиш мумкин.

Бугун нима бўлмоқда. Ҳар бир ҳунарманд йилда бир марта имтиёзли солиқ режимини узайтириши керак. У аризани порталда тўлдиради, кейин маҳалладан маълумотнома олади, сўнг уни бизнинг дарчага олиб келади. Дарчада маълумотноманинг эски шаклдалиги айтилади ва ҳунарманд яна маҳаллага қайтади. Муддат ўтиб кетса, имтиёз тўхтайди, гарчи одам ҳамма ишни вақтида бошлаган бўлса ҳам.

Қанча. Биз феврал ва март аризаларидан тасодифий танлаб 125 та ишни кўриб чиқдик. Улардан 58 таси бўйича ҳунарманд дарчага уч марта ёки ундан кўп келган. Биринчи ташрифдан жавобгача ўртача 17 кун ўтган, қоидада эса 5 кун белгиланган. 21 нафар ҳунарманднинг имтиёзи муддат ўтгани сабабли тўхтаган. Манба: дарча журнали ва портал қайдлари; сонларни икки киши алоҳида санаб чиқди, тўртта иш бўйича фарқ чиқди ва уларни бирга қайта ўқидик.

Нега муҳим. Ҳунарманд ўртача уч иш кунини йўқотади, имтиёз тўхтаса, ойлик даромадининг бешдан бир қисмини тўлайди. Ташкилот эса бир хил мазмундаги шикоятларга жавоб ёзади: олти ойда 164 та.

Чегара. Бошқармамиз ариза шаклини, қадамлар тартибини, хабарнома матнини ва дарча иш вақтини ўзгартира олади, маҳалла билан маълумот алмашиш ҳақида келиша олади. Имтиёз миқдорини ва солиқ қонунини ўзгартира олмайди.

Овозлар. Розилик олиб тўрт нафар ҳунарманд билан гаплашдик. Улардан бири имтиёздан воз кечган. Биринчи қораламада биз «ҳунармандлар муддатни кузатмайди» деб ёзган эдик. У бизга телефонини кўрсатди: хабарнома муддат тугагандан кейин келган экан. Ўша гапни ўчирдик ва муаммо баёнига хабарнома вақтини киритдик.

Текширилган сабаблар. Биринчиси: маълумотноманинг эски шакли. Такрорий ташрифларнинг 44 тасида айнан шу сабаб бор. Қўшни туманда маълумотномани дарча ходимининг ўзи маҳалладан электрон олади, у ерда 40 нафардан фақат 8 нафари уч марта келган. Иккинчиси: биз асосий сабаб порталнинг секинлиги деб ўйлаган эдик, лекин у 17 куннинг 2 кунинигина тушунтиради.

Нимага ишончимиз комил эмас. Феврал энг банд ой, журналда эса эшикдан қайтиб кетганлар кўринмайди. Жадвалимиздаги энг заиф қатор имтиёзи тўхтаганлар сони, чунки уларнинг еттитаси билан фақат телефонда гаплашдик. Бу қаторни солиқ рўйхати билан солиштириб мустаҳкамлаймиз.

Иштирокчилар. Харита қарорни бўлим бошлиғи қабул қилишини, кечикиш баҳосини ҳунарманд тўлашини, ишни дарча ходими бажаришини кўрсатди. Маълумотнома шаклини маҳалла котиби эмас, бизнинг ўзимиз ўзгартирган эканмиз, лекин бу ҳақда маҳаллаларга хат юборилмаган.

Танлов. Учта муаммони вазнли матрица билан алоҳида-алоҳида баҳоладик, фарқларни муҳокама қилдик. Бу муаммо 100 дан 72,5 балл олди ва вазнларни ўн бирликка ўзгартирганимизда ҳам биринчи ўринда қолди. Портал тезлиги ҳақидаги муаммо энг паст чегарадан ўтмади: унинг дастаклари бошқа вазирликда.

Назорат нуқтасидан сўровимиз. Олти ҳафта вақт ва ҳафтада икки эрталаб бир нафар ходим сўраймиз. Бир дарчада икки ўзгаришни синаймиз: маълумотномани ходимнинг ўзи маҳалладан олади ва хабарнома муддатдан ўн кун олдин юборилади. Натижани иккинчи дарча билан солиштирамиз. Такрорий ташрифлар учдан бирдан камаймаса, қайтиб келиб, буни очиқ айтамиз.
"""

_UZ_LATN = """\
Kimga taʼsir qilmoqda. Shahrimizning uchta mahallasida nogironligi bor farzandni uyda parvarish qilayotgan oilalar: roʻyxatda 410 ta oila. Parvarish bilan koʻpincha ona shugʻullanadi va uydan uzoq vaqtga chiqa olmaydi.

Bugun nima boʻlmoqda. Oila har yili nafaqani uzaytirish uchun tibbiy xulosani yangilaydi. Ona poliklinikaga boradi, navbat oladi, xulosani kutadi, keyin uni bizning darchaga olib keladi. Darchada xulosaning bitta imzosi yetishmasligi maʼlum boʻladi va ona yana poliklinikaga qaytadi. Shu orada nafaqa toʻxtaydi, garchi farzandning ahvoli oʻzgarmagan boʻlsa ham.

Qancha. Biz yanvar va fevral oylaridagi arizalardan tasodifiy tanlab 105 ta ishni koʻrib chiqdik. 49 ta oila darchaga uch marta yoki undan koʻp kelgan. Birinchi tashrifdan nafaqa tiklangunga qadar oʻrtacha 23 kun oʻtgan, qoidada esa 7 kun belgilangan. 33 ta oilada nafaqa kamida bir oyga toʻxtagan. Manba: darcha jurnali va toʻlov roʻyxati; sonlarni ikki kishi alohida sanadi, oltita ish boʻyicha farq chiqdi va ularni birga qayta oʻqidik.

Nega muhim. Oila bir oylik dori va oziq-ovqat pulini yoʻqotadi. Ona farzandni yolgʻiz qoldirishga majbur boʻladi. Tashkilot esa yarim yilda 137 ta bir xil murojaatga javob yozgan.

Chegara. Boshqarmamiz ariza shaklini, qadamlar tartibini, eslatma matni va vaqtini oʻzgartira oladi, poliklinika bilan maʼlumot almashish haqida kelisha oladi. Nafaqa miqdorini va tibbiy mezonlarni oʻzgartira olmaydi.

Ovozlar. Rozilik olib besh nafar ona bilan gaplashdik, ulardan biri nafaqadan voz kechgan. Birinchi qoralamada «oilalar hujjatni kech topshiradi» deb yozgan edik. U bizga daftarini koʻrsatdi: poliklinikaga besh marta borgan, har safar komissiyaning bitta aʼzosi yoʻq boʻlgan. Oʻsha gapni oʻchirdik va muammo bayonini komissiya ish tartibidan boshladik.

Tekshirilgan sabablar. Birinchisi: komissiya haftada bir kun toʻliq yigʻiladi. Takroriy tashriflarning 36 tasida yetishmagan imzo shu sabab bilan bogʻliq. Toʻrtinchi mahallada komissiya ikki kun yigʻiladi, u yerda 42 oiladan faqat 10 tasi uch marta kelgan. Ikkinchisi: biz asosiy sabab darchadagi navbat deb oʻylagan edik, ammo u 23 kunning 3 kunini tushuntiradi xolos.

Nimaga ishonchimiz komil emas. Yanvar bayramlar oyi, shuning uchun kunlar soni yilning qolgan qismidan koʻproq boʻlishi mumkin. Jadvalimizdagi eng zaif qator nafaqasi toʻxtagan oilalar soni, chunki toʻlov roʻyxatida sabab koʻrsatilmagan. Bu qatorni may oyida qayta sanaymiz.

Ishtirokchilar. Xarita qarorni poliklinika rahbari qabul qilishini, kechikish bahosini oila toʻlashini, ishni ikki nafar hamshira bajarishini koʻrsatdi. Hamshiralardan biri komissiya uchun umumiy taqvim tuzishni uch yil oldin taklif qilgan ekan.

Tanlov. Uchta muammoni vaznli matritsa bilan alohida-alohida baholadik va farqlarni muhokama qildik. Bu muammo 100 dan 74 ball oldi hamda vaznlarni oʻn birlikka oʻzgartirganimizda ham birinchi oʻrinda qoldi. Nafaqa miqdori haqidagi muammo eng past chegaradan oʻtmadi: uning dastaklari boshqa vazirlikda.

Nazorat nuqtasidan soʻrovimiz. Olti hafta vaqt va haftada ikki ertalab bir nafar xodim soʻraymiz. Bitta poliklinikada ikki oʻzgarishni sinaymiz: komissiya haftada ikki kun yigʻiladi va eslatma muddatdan oʻn toʻrt kun oldin yuboriladi. Natijani qoʻshni poliklinika bilan solishtiramiz. Takroriy tashriflar uchdan birdan kamaymasa, qaytib kelib, buni ochiq aytamiz.
"""

WORKS: dict[Lang, tuple[str, ...]] = {
    Lang.EN: (_EN,),
    Lang.AR: (_AR,),
    Lang.RU: (_RU,),
    Lang.UZ_CYRL: (_UZ_CYRL,),
    Lang.UZ_LATN: (_UZ_LATN,),
}

# The drafts of those whose assignment is due: the first parts of a challenge page.
BEGINNING: dict[Lang, str] = {lang: "\n\n".join(works[0].split("\n\n")[:3]) for lang, works in WORKS.items()}

ANNEX_NAME: dict[Lang, str] = {
    Lang.EN: "Evidence table.xlsx",
    Lang.AR: "جدول الأدلة.xlsx",
    Lang.RU: "Таблица доказательств.xlsx",
    Lang.UZ_CYRL: "Исботлар жадвали.xlsx",
    Lang.UZ_LATN: "Isbotlar jadvali.xlsx",
}

EVIDENCE: dict[Lang, tuple[tuple[str, ...], ...]] = {
    Lang.EN: (
        ("Claim", "Kind", "Source", "Next step"),
        ("Owners come three times or more", "Record", "Register, April", "Count May as well"),
        ("A copy is missing most often", "Record", "110 files", "Compare the second market"),
        ("Owners hide from inspectors", "Report", "Four conversations", "Speak with two inspectors"),
    ),
    Lang.AR: (
        ("القول", "نوع الدليل", "المصدر", "الخطوة التالية"),
        ("يحضر السائقون ثلاث مرات أو أكثر", "سجل", "سجل المركز، أغسطس", "عدّ شهر سبتمبر"),
        ("الوثيقة الناقصة تصدر من جهتنا", "سجل", "96 ملفاً", "المقارنة بالمركز الثالث"),
        ("الرسالة النصية غير مفهومة", "إفادة", "خمس مقابلات", "تجربة رسالة بديلة"),
    ),
    Lang.RU: (
        ("Утверждение", "Вид", "Источник", "Следующий шаг"),
        ("Заявления закрываются из-за справки", "запись", "Журнал портала", "Подсчитать май"),
        ("Уведомление приходит ночью", "запись", "Журнал отправки", "Проверить вторую неделю"),
        ("Родители не верят порталу", "рассказ", "Пять бесед", "Поговорить ещё с тремя"),
    ),
    Lang.UZ_CYRL: (
        ("Даъво", "Тури", "Манба", "Кейинги қадам"),
        ("Ҳунармандлар уч марта келади", "қайд", "Дарча журнали", "Апрелни ҳам санаш"),
        ("Маълумотнома эски шаклда", "қайд", "125 та иш", "Қўшни туман билан солиштириш"),
        ("Хабарнома кеч келади", "айтилган гап", "Тўрт суҳбат", "Юбориш журналини кўриш"),
    ),
    Lang.UZ_LATN: (
        ("Daʼvo", "Turi", "Manba", "Keyingi qadam"),
        ("Oilalar uch marta keladi", "qayd", "Darcha jurnali", "Martni ham sanash"),
        ("Bitta imzo yetishmaydi", "qayd", "105 ta ish", "Toʻrtinchi mahalla bilan solishtirish"),
        ("Komissiya toʻliq yigʻilmaydi", "aytilgan gap", "Besh suhbat", "Komissiya jurnalini koʻrish"),
    ),
}

# Levels that the instructor gives, by criterion of the rubric.
LEVELS: tuple[dict[str, str], ...] = (
    {
        "statement": "proficient",
        "evidence": "proficient",
        "voices": "exemplary",
        "causes": "proficient",
        "choice": "adequate",
    },
    {
        "statement": "exemplary",
        "evidence": "proficient",
        "voices": "proficient",
        "causes": "adequate",
        "choice": "proficient",
    },
    {
        "statement": "adequate",
        "evidence": "proficient",
        "voices": "proficient",
        "causes": "adequate",
        "choice": "adequate",
    },
    {
        "statement": "exemplary",
        "evidence": "exemplary",
        "voices": "exemplary",
        "causes": "exemplary",
        "choice": "proficient",
    },
    {
        "statement": "adequate",
        "evidence": "adequate",
        "voices": "weak",
        "causes": "proficient",
        "choice": "adequate",
    },
)

# What the instructors keep in their comment banks: six about the module's rubric, the last for every module.
BANK: tuple[dict[Lang, str], ...] = (
    {
        Lang.EN: "Say in one sentence who will own the change after the six weeks.",
        Lang.AR: "أضف جملة واحدة تحدد المسؤول عن التغيير بعد الأسابيع الستة.",
        Lang.RU: "Добавьте одно предложение о том, кто будет отвечать за изменение после шести недель.",
        Lang.UZ_CYRL: "Олти ҳафтадан кейин ўзгариш учун ким жавоб беришини бир гап билан айтинг.",
        Lang.UZ_LATN: "Olti haftadan keyin oʻzgarish uchun kim javob berishini bir gap bilan ayting.",
    },
    {
        Lang.EN: "Move the weakest line of your table into the text.",
        Lang.AR: "اذكر أضعف صف في جدول الأدلة داخل النص نفسه.",
        Lang.RU: "Перенесите самую слабую строку таблицы в текст.",
        Lang.UZ_CYRL: "Жадвалнинг энг заиф қаторини матнга ҳам киритинг.",
        Lang.UZ_LATN: "Jadvalning eng zaif qatorini matnga ham kiriting.",
    },
    {
        Lang.EN: "The statement still names a solution. Describe what people go through, and leave the answer open.",
        Lang.AR: "لا تزال الصياغة تسمّي حلاً. صِف ما يمرّ به الناس، واترك الجواب مفتوحاً.",
        Lang.RU: "В постановке всё ещё названо решение. Опишите, с чем сталкиваются люди, а ответ оставьте открытым.",
        Lang.UZ_CYRL: "Муаммо баёнида ҳали ҳам ечим айтилган. Одамлар нимани бошдан кечираётганини ёзинг, жавобни очиқ қолдиринг.",
        Lang.UZ_LATN: "Muammo bayonida hali ham yechim aytilgan. Odamlar nimani boshdan kechirayotganini yozing, javobni ochiq qoldiring.",
    },
    {
        Lang.EN: "Give the source and the date of each figure: without them nobody can repeat your count.",
        Lang.AR: "اذكر مصدر كل رقم وتاريخه، فمن دونهما لا يمكن لأحد أن يعيد العدّ.",
        Lang.RU: "Укажите источник и дату каждой цифры: без них подсчёт нельзя повторить.",
        Lang.UZ_CYRL: "Ҳар бир рақамнинг манбаси ва санасини кўрсатинг: уларсиз ҳисобни такрорлаб бўлмайди.",
        Lang.UZ_LATN: "Har bir raqamning manbasi va sanasini koʻrsating: ularsiz hisobni takrorlab boʻlmaydi.",
    },
    {
        Lang.EN: "You have heard those who come to the window. Speak with one person who has given up.",
        Lang.AR: "استمعتَ إلى من يحضرون إلى النافذة. تحدّث مع شخص واحد توقّف عن المحاولة.",
        Lang.RU: "Вы выслушали тех, кто приходит. Поговорите с одним человеком, который больше не обращается.",
        Lang.UZ_CYRL: "Сиз дарчага келадиганларни тингладингиз. Энди мурожаат қилмай қўйган бир киши билан ҳам гаплашинг.",
        Lang.UZ_LATN: "Siz darchaga keladiganlarni tingladingiz. Endi murojaat qilmay qoʻygan bir kishi bilan ham gaplashing.",
    },
    {
        Lang.EN: "Name another cause that could explain the same figures, and say how you ruled it out.",
        Lang.AR: "سمِّ سبباً آخر قد يفسّر الأرقام نفسها، وبيّن كيف استبعدته.",
        Lang.RU: "Назовите другую причину, которой можно объяснить те же цифры, и скажите, как вы её исключили.",
        Lang.UZ_CYRL: "Шу рақамларни тушунтириши мумкин бўлган бошқа сабабни айтинг ва уни қандай инкор этганингизни кўрсатинг.",
        Lang.UZ_LATN: "Shu raqamlarni tushuntirishi mumkin boʻlgan boshqa sababni ayting va uni qanday inkor etganingizni koʻrsating.",
    },
    {
        Lang.EN: "Clear and honest about what you do not know: keep that tone.",
        Lang.AR: "عرض واضح وصريح في ما لا تعرفه، فحافظ على هذا الأسلوب.",
        Lang.RU: "Ясно и честно сказано о том, чего вы не знаете. Сохраните этот тон.",
        Lang.UZ_CYRL: "Нимани билмаслигингиз аниқ ва очиқ айтилган, шу оҳангни сақлаб қолинг.",
        Lang.UZ_LATN: "Nimani bilmasligingiz aniq va ochiq aytilgan, shu ohangni saqlab qoling.",
    },
)

_PRAISE: dict[Lang, str] = {
    Lang.EN: "The comparison with the second market is the strongest part: keep it.",
    Lang.AR: "المقارنة بالمركز الثالث أقوى ما في العمل، فحافظ عليها.",
    Lang.RU: "Сравнение с соседним районом — самая сильная часть работы, сохраните её.",
    Lang.UZ_CYRL: "Қўшни туман билан солиштириш ишнинг энг кучли қисми, уни сақлаб қолинг.",
    Lang.UZ_LATN: "Toʻrtinchi mahalla bilan solishtirish ishning eng kuchli qismi, uni saqlab qoling.",
}
# A comment to one trainee: a sentence of its own and two from the bank.
COMMENTS: dict[Lang, str] = {
    lang: " ".join([praise, *(one[lang] for one in BANK[:2])]) for lang, praise in _PRAISE.items()
}

# What the marker wrote beside single criteria.
REMARKS: dict[Lang, dict[str, str]] = {
    Lang.EN: {
        "voices": "You asked three officers. Ask two people who never came to the window as well.",
        "causes": "The chain stops at the form. Ask once more why the form is needed.",
    },
    Lang.AR: {
        "voices": "سألتَ ثلاثة موظفين. اسأل أيضا شخصين لم يأتيا إلى الشباك قط.",
        "causes": "تتوقف السلسلة عند النموذج. اسأل مرة أخرى لماذا نحتاج إليه.",
    },
    Lang.RU: {
        "voices": "Вы спросили трёх сотрудников. Спросите ещё двух человек, которые ни разу не пришли к окну.",
        "causes": "Цепочка обрывается на бланке. Спросите ещё раз, зачем он нужен.",
    },
    Lang.UZ_LATN: {
        "voices": "Siz uch xodimdan soʻradingiz. Darchaga hech kelmagan ikki kishidan ham soʻrang.",
        "causes": "Zanjir shakl qogʻozida uziladi. U nega kerakligini yana bir bor soʻrang.",
    },
    Lang.UZ_CYRL: {
        "voices": "Сиз уч ходимдан сўрадингиз. Дарчага ҳеч келмаган икки кишидан ҳам сўранг.",
        "causes": "Занжир шакл қоғозида узилади. У нега кераклигини яна бир бор сўранг.",
    },
}

# Why a work comes back before it is marked, and why somebody may try once more.
RETURNED: dict[Lang, str] = {
    Lang.EN: "The evidence table names no sources. Add where each figure comes from and hand it in again.",
    Lang.AR: "لا يذكر جدول الأدلة مصادره. أضف مصدر كل رقم ثم سلّم العمل من جديد.",
    Lang.RU: "В таблице доказательств нет источников. Укажите, откуда каждая цифра, и сдайте работу снова.",
    Lang.UZ_LATN: "Dalillar jadvalida manbalar yoʻq. Har bir raqam qayerdan olinganini yozing va ishni qayta topshiring.",
    Lang.UZ_CYRL: "Далиллар жадвалида манбалар йўқ. Ҳар бир рақам қаердан олинганини ёзинг ва ишни қайта топширинг.",
}
AGAIN: dict[Lang, str] = {
    Lang.EN: "You were on duty away from the office when the work was due.",
    Lang.AR: "كنت في مهمة رسمية عند موعد التسليم.",
    Lang.RU: "В день сдачи вы были в служебной командировке.",
    Lang.UZ_LATN: "Topshirish kuni siz xizmat safarida edingiz.",
    Lang.UZ_CYRL: "Топшириш куни сиз хизмат сафарида эдингиз.",
}
