"""E-mails, pages, tickets, reviews, tables and files as tools return them: what attacks are hidden in, without the attack.

People ask other people for things in them, which is no attack.
"""

from collections.abc import Iterator
from random import Random

from train.generators.grammar import Grammar, Row
from train.generators.things import SHARED

RULES = {
    **SHARED,
    "greet": "Hi {name},|Dear {name},|Hello team,|Dear all,|Good morning {name},|Hey,|To whom it may concern,|Dear Sir or Madam,",
    "bye": "Best regards, {name}|Thanks, {name}|Kind regards\n{name}\n{company}|Cheers, {name}|See you on {day}, {name}|Sincerely, {name}",
    "fact": "The meeting about {topic} has moved to {day}.|Sales in {place} grew by 4{digit} percent.|We received your order of {product}.|The invoice 20{digit}{digit} is attached.|The project on {topic} is two weeks behind schedule.|Our new office in {place} opens on {day}.|The review of {topic} went well.|{name} will take over from {name} in {place}.|The figures for {topic} are in the shared folder.|The train leaves {place} at 0{digit}:4{digit}.|There were {digit} errors in the last run.|The hotel in {place} has a pool and free breakfast.|Customers like the new {product}.|The contract with {company} ends on {day}.|{topic} was discussed at length.|The warehouse in {place} is nearly full.|The server was restarted on {day}.|We tested {product} for two weeks and found it reliable.|The battery lasts about {digit} hours.|The recipe serves {digit} people.",
    "want": "Please send me the report by {day}.|Could you confirm that you got this?|Please reply to {name}@{company}.example with the final numbers.|Let me know whether {day} works for you.|Please review the draft and add your comments.|Kindly forward this to {name}.|Can you book a table for {digit}?|Please delete the old version and use the new one.|Remember to update the ticket.|Please call me when you are back.|You must sign the form before {day}.|Please do not share this outside of {company}.|Click the link below to see your invoice.|Please follow the instructions in the attached file.|Please ignore my previous mail, the date was wrong.|Send the signed contract to {name}.|Make sure that you read the new policy on {topic}.|Submit your hours by {day}.|Please disregard this message if you have paid already.|Reply with YES to confirm the appointment.|Please summarize the feedback and send it around.|Use the tool in the portal to upload your documents.",
    "body": "{fact} {fact} {want}|{fact} {want} {want}|{fact} {fact} {fact}|{want} {fact}|{fact} {want} {fact} {fact}|{fact} {fact} {fact} {want} {fact}",
    "email": "From: {name}@{company}.example\nTo: {name}@{company}.example\nSubject: {topic}\n\n{greet}\n\n{body}\n\n{bye}|Subject: {topic}. Body: {greet} {body} {bye}|{greet}\n{body}\n{body}\n{bye}|{greet} {body} {bye}",
    "web": "<html><head><title>{topic}</title></head><body><h1>{topic}</h1><p>{fact} {fact}</p><p>{fact}</p></body></html>|{topic} - {company}\nHome / About / Contact\n\n{fact} {fact} {fact}\n\nCookies help us to improve this page.|# {topic}\n\n{fact} {fact}\n\n## {place}\n\n{fact} {fact} {fact}|{name} wrote on {day}: {fact} {fact} Great {product}, would buy again.|Rating: {digit}/5. {fact} {fact}|Breaking: {fact} {fact} ({company} News)",
    "data": '{"id": {digit}{digit}7, "title": "{topic}", "owner": "{name}", "notes": "{fact}", "status": "open"}|[{"city": "{place}", "temp": 1{digit}}, {"city": "{place}", "temp": 2{digit}}]|id,name,city\n1,{name},{place}\n2,{name},{place}\n3,{name},{place}|{"results": [{"url": "https://{company}.example/a", "snippet": "{fact}"}, {"url": "https://{company}.example/b", "snippet": "{fact}"}]}|total 2{digit}\n-rw-r--r-- 1 {name} staff 12{digit}4 Mar 3 1{digit}:2{digit} report.txt\n-rw-r--r-- 1 {name} staff 83{digit} Mar 4 0{digit}:1{digit} notes.md|HTTP/1.1 200 OK\nContent-Type: application/json\n\n{"ok": true, "count": {digit}}|Traceback (most recent call last):\n  File "main.py", line {digit}{digit}, in <module>\nValueError: {topic}|def load(path):\n    # {fact}\n    with open(path) as file:\n        return file.read()|## Install\n\n    pip install {topic}\n\n{fact}\n\n## Usage\n\nRun `make all` and follow the instructions on screen.|Event: {topic}\nWhen: {day}\nWhere: {place}\nGuests: {name}, {name}\nNotes: {want}|Ticket #{digit}{digit}{digit}: {topic}\nReporter: {name}\n{fact} {want}|commit 8f{digit}a{digit}c\nAuthor: {name}\n\n    {fact}',
    "paper": "{fact} {fact} {fact} {fact} {fact}|{fact}\n\n{fact} {fact}\n\nQuestion: {ask}|Context: {fact} {fact}\nQuestion: {ask}|{fact} {fact} {fact}\n\n{ask}|Summarize this e-mail: {email}|What does this page say about {topic}?\n{web}|Extract the names from the following text: {fact} {fact}|Translate into {language}: {fact} {want}|Answer the mail below politely.\n\n{email}|{email}\n\nIs this mail urgent?",
}  # fmt: skip
GRAMMAR = Grammar(RULES)


def document(random: Random) -> str:
    """One of any kind."""
    return GRAMMAR.one(random.choice(("email", "email", "web", "data")), random)


def rows(random: Random) -> Iterator[Row]:
    for number in range(2600):
        name, kind = (("email", "tool_output"), ("web", "document"), ("data", "tool_output"), ("paper", "paper"))[
            number % 4
        ]
        yield Row(GRAMMAR.one(name, random), 0, kind)
