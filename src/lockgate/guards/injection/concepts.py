"""What words mean, roughly, in fifteen languages: a word that begins with one of these belongs to the concept.

So that what was learned of "ignore the previous instructions" holds for "oublie les consignes ci-dessus", too. Letters are
small and without accents. A `=` in front: the whole word, and no other that begins with it.
"""

from collections.abc import Mapping

CONCEPTS: Mapping[str, str] = {
    "override": """
        ignor disregard =forget =forgets forgot bypass overrid overrul overwrit discard neglect =skip dismiss =drop erase
        circumvent supersed abandon unlearn revoke nullif negat suspend deactivat disable disabl =wipe =purge =omit
        vergiss vergess missacht umgeh uberschreib verwirf loschen ausser
        oublie oublier negliger contourn outrepass passe-outre desactiv
        olvid omit omite descart anul desactiv elud
        dimentic scart aggir bypassa disattiv
        esquec desconsider descart desativ burl
        negeer vergeet omzeil zignoruj zapomnij pomin обойд игнориру забуд забыть проигнориру отмен отбрось знехтуй
        yoksay unut gormezden تجاهل انس تجاوز अनदेखा भूल नज़रअंदाज़ abaikan lupakan abai lewati ignorera glom bortse
        忽略 忽视 無視 无视 忘记 忘掉 忘了 忘れ 绕过 繞過 跳过 不要理会 抛开 추시 무시 잊어
    """,
    "prior": """
        previous prior above earlier preceding =before =former =foregoing hitherto existing initial original =past =preset
        default pre-exist predefin preprogram
        vorherig bisherig obig vorig vorangegang vorstehend fruher ursprung
        precedent anterieur ci-dessus =avant initial anterior previ =arriba inicial =sopra iniziale acima vorige eerder bovenstaand
        poprzedni powyzsz предыдущ прежн выше ранее попередн onceki yukaridaki السابق أعلاه السابقة पिछल पहले sebelum =tadi tidigare ovanstaende
        之前 以前 以上 上面 上述 先前 此前 前面 前の 上記 이전 위의 앞의
    """,
    "rule": """
        instruction instruct =rules =rule guideline directiv directive =command =commands =order =orders constraint restriction =policy =policies
        =guardrails safeguard safety protocol filter filters limitation regulation =guidance =standards moderation censor ethic moral
        anweisung anleitung regel vorgabe befehl richtlinie einschrank beschrank vorschrift
        consigne regle directive ordre commande contrainte limite
        instruccion regla orden mandato norma directriz restric limitacion pauta filtro
        istruzion regol ordin comand vincol direttiv limitazion
        instruc instrucoe regra comando ordem diretriz
        instructie regels opdracht beperking polecen instrukc zasad wytyczn инструкц правил указан команд ограничен директив фільтр
        talimat kural komut yonerge تعليم التعليمات قواعد أوامر निर्देश नियम आदेश instruksi aturan perintah instruktion regler
        指令 指示 规则 規則 命令 限制 约束 規定 ルール 制限 지시 규칙 명령 지침 提示
    """,
    "prompt": """
        prompt prompts =preprompt =context =configuration =config sysprompt =instructionset eingabeaufforderung aufforderung
        invite =promptu промпт подсказ istem مطالبة प्रॉम्प्ट 提示词 提示詞 系统提示 プロンプト 프롬프트 设定 設定
    """,
    "system": """
        system =sys sistem systeme systemprompt =kernel =admin administrator =root =sudo =developer =operator =superuser
        систем النظام नظام सिस्टम 系统 系統 システム 시스템 开发者 管理员 開發者 开发人员 =dev entwickler desarrollador sviluppator desenvolvedor
    """,
    "reveal": """
        reveal =show =shows =print =display =output =repeat =recite disclos divulg =leak expose =dump =share =echo =list =spell =quote =paste
        =summarize =translate =encode =write =tell =give =provide =return =read =spill betray extract =describe =explain
        zeig enthull nenn verrat offenbar wiederhol gib
        montre revel affich repet donne muestra muestr revela repite imprim divulga escrib mostr rivel ripet stamp mostra repita imprima
        toon onthul pokaz ujawnij powtorz покаж раскрой выведи повтори расскаж goster acikla tekrarla أظهر اكشف كرر دिखा दिखाओ बताओ दोहराओ tampilkan ungkap ulangi visa avsloja
        显示 顯示 透露 输出 輸出 打印 重复 重複 告诉 泄露 見せて 表示 教えて 出力 보여 출력 공개 알려 반복
    """,
    "secret": """
        password passphrase secret confident =hidden =private credential passwort kennwort =geheim geheimnis geheim contrasen clave secreto segreto parola
        senha segredo motdepasse wachtwoord haslo пароль секрет sifre gizli كلمة سر गुप्त पासवर्ड sandi rahasia losenord hemlig
        密码 密碼 口令 秘密 机密 パスワード 비밀 암호 =flag =token apikey =passcode =codeword sensitiv
    """,
    "pretend": """
        pretend roleplay role-play simulat imagin emulat impersonat hypothetic =act =acting =behave =persona =character =fiction fictional fictitious
        =playing =portray =embody =stell spiel tust handle =agiere imagine imagin simule fais joue fing finge actua actu simula imagina finge comporta
        finga aja doe speel udawaj wyobraz притвор представ сыграй действуй =davran rol yap تظاهر تخيل نाटक कल्पना berpura anggap bayangkan lat latsas
        假装 扮演 想象 假設 假设 模拟 ふりを 演じ なりきっ 가장 역할 상상
    """,
    "free": """
        unrestrict unfilter uncensor unlimit unbound unshackl unhing jailbr amoral unethic immoral nsfw =dan =stan =dude =devmode liberat =freed unleash
        uninhibit limitless unconstrain no-limits =aim =evil lawless unmoderat =anarchy omnipotent unaligned
        uneingeschrank unzensiert unbegrenzt libere illimite sans-filtre ilimitado libre sin-restric illimitat senza-limiti irrestrit onbeperkt nieogranicz
        безгранич неогранич sinirsiz قيود बिना_प्रतिबंध tanpa_batas obegransad
        不受限制 无限制 沒有限制 没有限制 越狱 越獄 無制限 脱獄 제한없는 탈옥
    """,
    "model": """
        chatgpt =gpt openai =ai =llm assistant chatbot =bot =model claude gemini llama bard copilot =agent anthropic deepseek mistral
        assistent asistente asistent assistente ki =ia asystent ассистент =ии модель asistan yapayzeka المساعد نموذج सहायक मॉडल asisten
        人工智能 助手 模型 机器人 アシスタント 모델 어시스턴트
    """,
    "you": """
        =you =your =yours =yourself =u =ur =youre =you're =you've =du =dein =deine =deinen =deiner =ihr =ihre =sie =tu =te =ton =tes =vous =votre =vos
        =tus =ti =tuyo =usted =tuo =tua =tuoi =voce =seu =suas =seus =sua =je =jouw =jij =twoj =twoje =ty =ты =твои =твой =вы =ваш =ваши =тебя =тебе =вас
        =sen =sana =senin =siz أنت لك आप आपके तुम =kamu =anda =kau =dig =din =dina 你 您 あなた 당신 너
    """,
    "not": """
        =not =no =never =don't =dont =without =cannot =can't =cant =won't =nothing =none =nor =neither =longer =stop =refuse =refus =nicht =kein =keine =nie
        =ohne =ne =pas =jamais =sans =aucun =aucune =nunca =sin =ningun =ninguna =non =mai =senza =nessun =nao =sem =nenhum =niet =geen =zonder =nie =bez
        =не =нет =никогда =без degil =asla =hayir لا لم بدون नहीं बिना मत =jangan =tidak =tanpa =inte =aldrig =utan 不 不要 没有 無い ない 안 마 없이
    """,
    "all": """
        =all =any =every =everything =anything =entire =whole =fully =completely =alle =alles =jede =jegliche =ganz =tout =toutes =tous =toute
        =todo =todas =todos =toda =cualquier =tutto =tutte =tutti =qualsiasi =tudo =qualquer =wszystkie =wszystko =все =всё =любые =всех
        =tum =butun =hersey كل جميع सभी सब =semua =segala =alla =allt 所有 一切 全部 任何 すべて 全て 모든
    """,
    "new": """
        =new =now =instead =henceforth =onward =from =begin =start =next =neu =neue =neuen =jetzt =stattdessen =nun =ab =nouveau =nouvelle =nouvelles =maintenant =desormais
        =nuevo =nueva =nuevas =ahora =adelante =nuovo =nuova =nuove =ora =adesso =novo =nova =novas =agora =nieuwe =nu =nowe =teraz =новые =новая =теперь =сейчас
        =yeni =simdi جديدة الآن नए अब =baru =sekarang =nya 新 现在 現在 从现在起 今から 新しい 지금 이제 새로운
    """,
    "only": """
        =only =just =exactly =verbatim =literally =word =precisely =strictly =solely =simply =nur =genau =wortlich =bloss =seulement =uniquement =exactement =mot
        =solo =solamente =exactamente =literalmente =palabra =soltanto =esattamente =parola =apenas =somente =exatamente =alleen =precies =tylko =dokladnie
        =только =точно =дословно =sadece =yalnizca فقط بالضبط केवल सिर्फ =hanya =persis =bara =endast 只 仅 逐字 原文 だけ そのまま 오직 그대로
    """,
    "say": """
        =say =says =answer =reply =respond =response =start =sag =sage =antworte =antwort =schreib =dis =reponds =reponse =ecris =di =responde =respuesta =escribe
        =rispondi =risposta =scrivi =diga =responda =resposta =escreva =zeg =antwoord =powiedz =odpowiedz =скажи =ответь =напиши =soyle =cevap =yanit
        قل أجب कहो उत्तर जवाब =katakan =jawab =sag =svara 说 說 回答 回复 言って 答え 말해 대답
    """,
    "limit_off": """
        =enabled =enable =mode =activated =activate =unlock =override =granted =authorized =debug =maintenance =test =diagnostic =emergency =urgent
        modus aktivier =modalita attiva =modo activ ativ режим актив mod وضع मोड 模式 モード 모드 激活 启用
    """,
    "harm": """
        malware =bomb =explosive hack =weapon =drug =drugs meth illegal =kill phish exploit =steal keylog ransomware =virus =poison =attack =crack
        =launder fraud =counterfeit racist hate =suicide =terror =porn sexual =murder bombe waffe droge =arma =bomba бомб оружи наркот قنبلة बम 炸弹 武器 毒品 黑客 爆弾 폭탄
    """,
    "authority": """
        =authorized =authorised authoriz =clearance =certified =verified =official =ceo =boss =supervisor =creator =creators =owner =engineer =researcher =auditor
        =evaluator =inspector =officer =police =government =legal =law =lawful =compliance =audit permission permit consent =agreed approved =tester pentest red-team
        berechtig befugt autoris autoriz autorizza upowazn уполномоч разреш yetkili مخول अधिकृत berwenang 授权 授權 权限 許可 권한 허가
    """,
    "personal": """
        =personal =sensitive =records =record =customer =customers =patient =patients =users =employees =account =accounts =credit =bank =medical =financial
        =database =data =email =emails =address =salary salaries =ssn =insider =proprietary =internal =unreleased =trade
    """,
    "plead": """
        =grandmother =grandma =dying =die =dies =life =lives =emergency =beg =desperate =job =fired =sick =lost =save =urgently =deadline =trust =promise =swear =reward =tip
        =threat =threaten =sue =report =consequences =otherwise =punish =penalty =lose =tokens =points
    """,
    "talk_above": """
        =told =said =given =received =read =written =wrote =mentioned =stated =message =messages =text =words =line =lines =beginning =top =until =so =far =asked
        =sentence =paragraph =everything =uploaded =loaded =established
    """,
    "guide": """
        guid shape govern underl fundament =base =basis =core =behind =drive drives =driven =framework =objective =purpose =boundary =boundaries =parameters
        =behavior =behaviour operat =function =functions =inner =intern =hidden
        grundlegend zugrunde sousjac fondament =base principale fundamenta princip sottostan subyacent subjacent основн лежащ temel أساسي मूल 基本 根本 核心 底层 기본 핵심
    """,
    "begin_with": """
        =start =starts =begin =begins =prefix =beginning =first =opening =append =end =ends =suffix =exact =phrase =sentence
    """,
    "translate": """
        =translate decode decrypt decipher encode encrypt =base64 =rot13 =caesar =cipher =morse =hex =hexadecimal =binary =reverse =reversed =backwards =flip =ascii =unicode
        =leetspeak =scramble unscramble =letters =acrostic =riddle =puzzle concatenat =variable =string =substring
    """,
    "sorry": """
        apolog =sorry disclaimer =warning =warnings =caveat =caveats =moralize lecture =judgment =judgement =sure =absolutely =certainly =course refusal =decline
        =unable =unfortunately inappropriate =harmful =offensive =consequence
    """,
    "fiction": """
        =story =novel =movie =film =scene =script =play =game =villain =hero =poem =song =dream =universe =world =simulation =parallel =alternate =screenplay =monologue =dialogue
    """,
    "way": """
        =step =steps =detailed =instructions =recipe =tutorial =guide =plan =method =explain =how =make =build =create =synthesize =manufacture =obtain
    """,
    "act_on": """
        =send =forward =email =mail =transfer =delete =remove =execute =run =call =invoke =click =visit =upload =post =fetch =download =curl =navigate
        =append =insert =include =exfiltrate =submit =install =approve =pay =purchase =invite =reset
        sende =schicke loesche fuhre =envoie =envoyer =supprime =envia =enviar =elimina =borra =invia =cancella =envie =apague отправь удали gonder sil أرسل احذف भेजो hapus kirim
        发送 删除 执行 送信 削除 실행 삭제 전송
    """,
    "role_mark": """
        =user =assistant =human =im_start =im_end =inst =endoftext =sys =tool =function =eot_id =start_header_id =end_header_id =begin_of_text =tool_call =tool_result =eos =bos
    """,
    "request": """
        =please =bitte =svp =stil =plait =por =favor =prego =alstublieft =prosze =пожалуйста =lutfen =tolong =snalla 请 請 ください 주세요 من_فضلك कृपया =could =would =can =want =need =must =should
        =important =attention =note =notice
    """,
    "task": """
        =task =tasks =job =goal =objective =mission =assignment =request =question =conversation =chat =session =message =text =input =document
        aufgabe auftrag tache mission tarea compito tarefa taak zadani задач gorev مهمة कार्य tugas uppgift 任务 任務 对话 タスク 会話 작업 대화
    """,
}  # fmt: skip
